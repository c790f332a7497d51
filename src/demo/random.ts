/** A stream of random numbers that is the same on every machine for the same seed (sfc32). */
export class Random {
  private a: number
  private b: number
  private c: number
  private d = 1

  constructor(seed: number, stream = 0) {
    this.a = seed | 0
    this.b = Math.floor(seed / 2 ** 32) | 0
    this.c = stream | 0
    // The state is small and regular at first; the first numbers are thrown away until it is mixed.
    for (let i = 0; i < 20; i++) this.next()
  }

  /** From 0 to below 1. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + t) | 0
    return (t >>> 0) / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)]!
  }

  /** One of `list`, each as often as its `share` says. */
  pickByShare<T extends { share: number }>(list: readonly T[]): T {
    let left = this.next() * list.reduce((sum, each) => sum + each.share, 0)
    for (const each of list) {
      left -= each.share
      if (left < 0) return each
    }
    return list.at(-1)!
  }

  /** About normal, mean 0, deviation 1: the sum of twelve even numbers. */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.next()
    return sum
  }
}
