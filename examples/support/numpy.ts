/** NumPy's `RandomState`: the Mersenne Twister MT19937, so that numbers quoted by the sources can be drawn again. */

const N = 624;
const M = 397;

/** The stream of `numpy.random.RandomState(seed)`: `rand` and `randn` give NumPy's numbers, bit for bit. */
export class RandomState {
  private readonly state = new Uint32Array(N);
  private at = N;
  private spare: number | null = null;

  /** `seed` is a whole number in [0, 2³²). */
  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < N; i++) {
      const before = this.state[i - 1]!;
      this.state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  /** 32 random bits. */
  private bits(): number {
    if (this.at === N) this.refill();
    let y = this.state[this.at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private refill(): void {
    for (let i = 0; i < N; i++) {
      const y = (this.state[i]! & 0x80000000) | (this.state[(i + 1) % N]! & 0x7fffffff);
      this.state[i] = this.state[(i + M) % N]! ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
    }
    this.at = 0;
  }

  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Standard normal, by Marsaglia's polar method as NumPy's legacy generator does it. */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    for (;;) {
      const a = 2 * this.uniform() - 1;
      const b = 2 * this.uniform() - 1;
      const radius = a * a + b * b;
      if (radius >= 1 || radius === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
      this.spare = scale * a;
      return scale * b;
    }
  }

  /** `count` uniform numbers, as `rand(count)`. */
  rand(count: number): number[] {
    return Array.from({ length: count }, () => this.uniform());
  }

  /** `count` normal numbers, as `randn(count)`. */
  randn(count: number): number[] {
    return Array.from({ length: count }, () => this.normal());
  }
}
