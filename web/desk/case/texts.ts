import type { Borrower } from '#api/insight/borrowers/borrower'
import { type Figures, figuresOf } from '../../ui/figures.ts'
import type { ChannelVerdict } from './asking.ts'

export type Text = ChannelVerdict['texts'][number]

/** A text as the borrower reads it, and the places in it that the case cannot fill. */
export type FilledText = { template: string; words: string; missing: string[] }

/** A language by its name in the language of the desk. */
export const languageName = (desk: string, code: string | null) =>
  code ? (new Intl.DisplayNames([desk], { type: 'language', fallback: 'code' }).of(code) ?? code) : null

const figuresIn = (language: string): Figures => {
  try {
    return figuresOf(language)
  } catch {
    // A name of a language that no browser knows: figures as the page has them.
    return figuresOf(document.documentElement.lang || 'en')
  }
}

/** What an approved text may leave open, each from the case as it stands; nothing where it is not known. */
const places: Record<string, (borrower: Borrower, figures: Figures) => string | null | undefined> = {
  name: ({ name }) => name,
  lender: ({ lender }) => lender,
  borrower_no: ({ borrower_no }) => borrower_no,
  amount: ({ ask_for }, { money }) => ask_for[0] && money(ask_for[0].ask_for, ask_for[0].currency),
  loan_no: ({ ask_for }) => asked(ask_for)?.join(', '),
  due_on: ({ loans, ask_for }, { date }) => {
    const days = loans
      .filter(({ loan_no }) => asked(ask_for)?.includes(loan_no))
      .flatMap(({ oldest_due_on }) => oldest_due_on ?? [])
    return days.length > 0 ? date(days.sort()[0]!) : null
  },
}

/** The loans that the amount is of: those in the first currency that nobody disputes. */
const asked = (ask_for: Borrower['ask_for']) =>
  ask_for[0]?.parts.filter((part) => part.asked).map((part) => part.loan_no)

/** The text with the borrower's own figures, written as its language writes them. */
export function fillText({ template, language, body }: Text, borrower: Borrower): FilledText {
  const figures = figuresIn(language)
  const missing: string[] = []
  const words = body.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (open, place: string) => {
    const filled = Object.hasOwn(places, place) ? places[place]!(borrower, figures) : null
    if (filled) return filled
    missing.push(place)
    return open
  })
  return { template, words, missing }
}
