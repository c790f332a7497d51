/**
 * Exact fractions of whole numbers. Money arithmetic never passes through a binary float: a factor stays a
 * fraction until the one place where it becomes minor units, and there the rounding is named.
 */
export type Fraction = { numerator: bigint; denominator: bigint }

export const whole = (value: bigint | number): Fraction => ({ numerator: BigInt(value), denominator: 1n })

/** `numerator ÷ denominator` with a positive denominator; a denominator of zero is a bug of the caller. */
export function fraction(numerator: bigint | number, denominator: bigint | number): Fraction {
  const under = BigInt(denominator)
  if (under === 0n) throw new RangeError('a fraction has no zero denominator')
  const over = BigInt(numerator)
  return under < 0n ? { numerator: -over, denominator: -under } : { numerator: over, denominator: under }
}

/** `'10.650'` → 10650/1000. Throws a RangeError on anything but a plain decimal. */
export function decimal(text: string): Fraction {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!parts) throw new RangeError(`${JSON.stringify(text)} is not a plain decimal`)
  const [, sign, integer, decimals = ''] = parts
  const digits = BigInt(`${integer}${decimals}`)
  return { numerator: sign ? -digits : digits, denominator: 10n ** BigInt(decimals.length) }
}

export const plus = (a: Fraction, b: Fraction): Fraction =>
  a.denominator === b.denominator
    ? { numerator: a.numerator + b.numerator, denominator: a.denominator }
    : {
        numerator: a.numerator * b.denominator + b.numerator * a.denominator,
        denominator: a.denominator * b.denominator,
      }

export const times = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
})

export const dividedBy = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator, a.denominator * b.numerator)

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** The same value in lowest terms: worth its cost before a factor is multiplied many times. */
export function reduced({ numerator, denominator }: Fraction): Fraction {
  const divisor = greatestCommonDivisor(numerator, denominator)
  return divisor > 1n
    ? { numerator: numerator / divisor, denominator: denominator / divisor }
    : { numerator, denominator }
}

/** To the nearest whole number, half to even: over many roundings it favours neither lender nor borrower. */
export function roundHalfEven({ numerator, denominator }: Fraction): bigint {
  const negative = numerator < 0n
  const size = negative ? -numerator : numerator
  const quotient = size / denominator
  const twice = (size % denominator) * 2n
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

/** Below, at or above zero as `a` is less than, equal to or more than `b`. */
export const compare = (a: Fraction, b: Fraction): bigint =>
  a.numerator * b.denominator - b.numerator * a.denominator

/** The smaller and the larger of two amounts, since Math.min does not take a bigint. */
export const least = (a: bigint, b: bigint): bigint => (b < a ? b : a)
export const most = (a: bigint, b: bigint): bigint => (b > a ? b : a)

/**
 * Rounds each of `amounts` to a whole number so that they add up to their rounded sum: what one rounding
 * drops, the next picks up. For statements of many small sums, such as an agency's fees, whose total is what
 * is paid.
 */
export function roundCarrying(amounts: readonly Fraction[]): bigint[] {
  let exact = whole(0)
  let rounded = 0n
  return amounts.map((amount) => {
    exact = reduced(plus(exact, amount))
    const own = roundHalfEven(exact) - rounded
    rounded += own
    return own
  })
}
