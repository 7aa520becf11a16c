/** The slot of the device that functions are compiled for where none is named. */

import { DeviceError } from "../errors";
import type { ProgramDevice } from "./program";

let choose: (() => ProgramDevice) | null = null;

/** Says how the default device is found; it is asked at each compilation. */
export function setProgramDevice(find: () => ProgramDevice): void {
  choose = find;
}

/** The device that functions are compiled for by default. */
export function defaultProgramDevice(): ProgramDevice {
  if (choose === null) {
    throw new DeviceError('compile: no device is installed: null (the entry was not loaded); import from "gradkit"');
  }
  return choose();
}
