/** Numbers, money and dates as one language writes them. Minus is − in all of them. */
export type Figures = {
  count(n: number): string
  /** decimal text of an amount, such as 1234.50, with its currency */
  money(decimal: string, currency: string): string
  /** the same without the sign of the currency, for columns that name it in their head */
  amount(decimal: string): string
  percent(share: number): string
  /** a round number in short: 120K, 12万, 12萬 */
  short(n: number): string
  /** 12 May, 5 月 12 日 */
  day(date: string): string
  /** with the year */
  date(date: string): string
  time(instant: string): string
  /** the time of day where somebody else is */
  timeIn(instant: string, zone: string): string
  moment(instant: string): string
  seconds(s: number): string
}

const minus = (text: string) => text.replace(/^-|(?<=\D)-(?=\d)/, '−')

/** A calendar date has no zone: it is shown as the day it names. */
const noon = (date: string) => new Date(`${date}T12:00:00Z`)

const timeIn = (language: string, timeZone: string) =>
  new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })

/** In Taiwan a bare $ is the own dollar; beside US dollars it says whose it is. */
const named = (text: string, currency: unknown) =>
  currency === 'TWD' ? text.replace(/^(\D?)\$/, '$1NT$$') : text

export function figuresOf(language: string): Figures {
  const digits = (decimal: string) => decimal.split('.')[1]?.length ?? 0
  const whole = new Intl.NumberFormat(language)
  const compact = new Intl.NumberFormat(language, { notation: 'compact' })
  const share = new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  const short = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const full = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const both = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const withDigits = (decimal: string, options: Intl.NumberFormatOptions) => {
    const n = digits(decimal)
    const format = new Intl.NumberFormat(language, {
      ...options,
      minimumFractionDigits: n,
      maximumFractionDigits: n,
    })
    // Exact: the text goes in as it is, never through a floating-point number.
    return named(minus(format.format(decimal as `${number}`)), options.currency)
  }
  return {
    count: (n) => minus(whole.format(n)),
    money: (decimal, currency) => withDigits(decimal, { style: 'currency', currency }),
    amount: (decimal) => withDigits(decimal, {}),
    short: (n) => minus(compact.format(n)),
    percent: (n) => minus(share.format(n)),
    day: (date) => short.format(noon(date)),
    date: (date) => full.format(noon(date)),
    time: (instant) => clock.format(new Date(instant)),
    timeIn: (instant, zone) => timeIn(language, zone).format(new Date(instant)),
    moment: (instant) => both.format(new Date(instant)),
    seconds: (s) => {
      // The same decimals all the way down a column; nobody reads hundredths of a long step.
      const n = s < 10 ? 2 : 0
      const format = new Intl.NumberFormat(language, { minimumFractionDigits: n, maximumFractionDigits: n })
      return `${format.format(s)} s`
    },
  }
}
