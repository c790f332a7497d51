import currencyCodes from './currencies.json' with { type: 'json' }

/** ISO 4217 code → number of decimals. The same table stands in the database as `currencies`. */
export const exponents: Readonly<Record<string, number>> = currencyCodes

/** Decimals of a currency, or undefined when ISO 4217 does not know it. */
export const exponentOf = (currency: string): number | undefined => exponents[currency]

function knownExponent(currency: string): number {
  const exponent = exponentOf(currency)
  if (exponent === undefined) throw new RangeError(`${currency} is not a currency of ISO 4217`)
  return exponent
}

/**
 * `'1234.5'`, USD → `123450n`. Throws a RangeError on anything but a plain decimal that the currency can
 * hold.
 */
export function toMinor(text: string, currency: string): bigint {
  const exponent = knownExponent(currency)
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!parts) throw new RangeError(`${JSON.stringify(text)} is not a plain decimal such as 1234.50`)
  const [, sign, whole, decimals = ''] = parts
  if (/[1-9]/.test(decimals.slice(exponent))) {
    throw new RangeError(`${text} has more than the ${exponent} decimals of ${currency}`)
  }
  const minor = BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'))
  return sign ? -minor : minor
}

/** `123450n`, USD → `'1234.50'`. */
export function toDecimal(minor: bigint | number, currency: string): string {
  const exponent = knownExponent(currency)
  const value = BigInt(minor)
  const digits = (value < 0n ? -value : value).toString().padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  return `${value < 0n ? '-' : ''}${whole}${exponent ? `.${digits.slice(-exponent)}` : ''}`
}
