/** What a vector of 16 bytes may hold. */

/** What a vector holds: four float32, two float64 or four int32. */
export type LaneType = "float32" | "float64" | "int32";

/** How many elements a vector holds. */
export const LANES: Readonly<Record<LaneType, number>> = { float32: 4, float64: 2, int32: 4 };
