import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bar } from '../platform/progress.ts'
import { riskOf } from './behaviour.ts'
import { dayText } from './calendar.ts'
import { CsvFile, line } from './csv-file.ts'
import { lenders } from './lenders.ts'
import type { DemoLoan } from './loan.ts'
import { contactPointsOf, type DemoBorrower, NEVER } from './people.ts'
import { Random } from './random.ts'
import {
  borrowerColumns,
  borrowerRow,
  contactPointColumns,
  contactPointRow,
  instalmentColumns,
  instalmentRows,
  paymentColumns,
  paymentRow,
  tapeColumns,
  tapeRow,
} from './rows.ts'
import { type DemoDay, type Shape, Simulation } from './simulation.ts'
import { truthDocument } from './truth.ts'

/** The contract's kinds, in the order in which a day's files are loaded. */
export const kinds = ['borrowers', 'contact-points', 'loans', 'payments', 'instalments'] as const
export type Kind = (typeof kinds)[number]

/** The folders that a book is written into; what stood in them before goes. */
export const written: readonly string[] = [...kinds, 'settings', 'truth']

/** The files of one day; a kind of which the day has nothing has none. */
export type DayFiles = { as_of: string; files: Partial<Record<Kind, string>>; rows: number }

export type WrittenBook = {
  days: DayFiles[]
  settings: string[]
  loans: number
  borrowers: number
  rows: number
}

const columnsOf: Readonly<Record<Kind, readonly string[]>> = {
  borrowers: borrowerColumns,
  'contact-points': contactPointColumns,
  payments: paymentColumns,
  loans: tapeColumns,
  instalments: instalmentColumns,
}

/**
 * Writes the whole book into `folder`: a file per kind and day, settings, and the truth beside them. `tell`
 * hears of each day when its files, and the settings that they are loaded with, can be read.
 */
export function writeBook(
  folder: string,
  shape: Shape,
  bar: Bar,
  tell: (day: DayFiles) => void = () => {},
): WrittenBook {
  for (const name of written) {
    rmSync(join(folder, name), { recursive: true, force: true })
    mkdirSync(join(folder, name), { recursive: true })
  }
  bar.to(0, 'the past')
  const settings = writeSettings(folder, dayText(shape.first))
  const simulation = new Simulation(shape)
  const writer = new BookWriter(folder, simulation)
  const days: DayFiles[] = []
  for (let day = shape.first; day <= shape.last; day++) {
    const written = writer.writeDay(simulation.next())
    days.push(written)
    tell(written)
    bar.to(days.length, dayText(day))
  }
  writer.finish()
  return {
    days,
    settings,
    loans: writer.loans.size,
    borrowers: writer.borrowers.size,
    rows: days.reduce((sum, each) => sum + each.rows, 0),
  }
}

class BookWriter {
  readonly borrowers = new Set<DemoBorrower>()
  readonly loans = new Set<DemoLoan>()
  private opened: DemoLoan[] = []
  private readonly folder: string
  private readonly simulation: Simulation
  // Contact points are invented apart from the play, so that asking for more of them changes no payment.
  private readonly random: Random
  private readonly contacts: CsvFile

  constructor(folder: string, simulation: Simulation) {
    this.folder = folder
    this.simulation = simulation
    this.random = new Random(simulation.shape.seed, 1)
    this.plant(simulation)
    this.contacts = this.truthFile('truth-contacts', [
      'loan_no',
      'borrower_no',
      'on',
      'days_past_due',
      'reached',
    ])
  }

  /** The tape and the payments of a day; once a week also who is new and on what terms. */
  writeDay(today: DemoDay): DayFiles {
    const { day, payments, contacts } = today
    const { open, shape } = this.simulation
    const written: DayFiles = { as_of: dayText(day), files: {}, rows: 0 }
    // Money of the first day on a loan that it closed belongs to a loan that no tape will ever name.
    const booked = day === shape.first ? payments.filter(({ loan }) => open.has(loan)) : payments
    for (const loan of day === shape.first ? open : today.opened) this.opened.push(loan)
    if ((day - shape.first) % 7 === 0 || day === shape.last) this.writeNew(written, day)
    this.writeFile(
      written,
      'loans',
      open.values().map((loan) => tapeRow(loan, day)),
    )
    this.writeFile(
      written,
      'payments',
      booked.map((payment) => paymentRow(payment, day)),
    )
    for (const { loan, days_past_due, reached } of contacts) {
      const { borrower_no } = loan.borrower
      const found = reached ? 'yes' : 'no'
      this.contacts.add(line(loan.terms.loan_no, borrower_no, dayText(day), days_past_due, found))
    }
    return written
  }

  /** Loans that were opened since the last time, and the borrowers among them that are new. */
  private writeNew(written: DayFiles, day: number) {
    const loans = this.opened
    this.opened = []
    const borrowers = [...new Set(loans.map((loan) => loan.borrower))].filter((b) => !this.borrowers.has(b))
    for (const loan of loans) this.loans.add(loan)
    for (const borrower of borrowers) this.borrowers.add(borrower)
    const since = (b: DemoBorrower) => Math.min(day, ...b.loans.map((loan) => loan.terms.opened))
    const { phones } = this.simulation
    const points = borrowers.flatMap((b) => contactPointsOf(this.random, b, since(b), day, phones))
    this.writeFile(written, 'borrowers', borrowers.map(borrowerRow))
    this.writeFile(written, 'contact-points', points.map(contactPointRow))
    this.writeFile(written, 'instalments', loans.values().flatMap(instalmentRows))
  }

  private writeFile(written: DayFiles, kind: Kind, lines: Iterable<string>) {
    const path = join(this.folder, kind, `${kind}-${written.as_of}.csv`)
    const file = new CsvFile(path, columnsOf[kind])
    for (const row of lines) file.add(row)
    file.close()
    if (file.rows === 0 && kind !== 'loans') return rmSync(path)
    written.files[kind] = path
    written.rows += file.rows
  }

  /** The truth about every borrower and loan that stands in a file. */
  finish() {
    this.contacts.close()
    const { planted } = this.simulation
    const borrowers = this.truthFile('truth-borrowers', [
      ...['borrower_no', 'lender', 'branch', 'type', 'risk', 'left_alone', 'trouble', 'deceased_on'],
    ])
    const dated = (day: number) => (day === NEVER ? '' : dayText(day))
    for (const b of this.borrowers) {
      const trouble = b.troubles.map(([from, to]) => `${dated(from)}/${dated(to)}`).join(';')
      const alone = b.left_alone ? 'yes' : 'no'
      const { lender, branch } = b
      const risk = b.risk.toFixed(4)
      borrowers.add(
        line(b.borrower_no, lender.lender, branch.branch, b.type, risk, alone, trouble, b.deceased_on),
      )
    }
    borrowers.close()
    const loans = this.truthFile('truth-loans', ['loan_no', 'borrower_no', 'misses_factor', 'loose_month'])
    for (const loan of this.loans) {
      const { opened, loan_no } = loan.terms
      const loose = opened >= planted.loose_from && opened <= planted.loose_to ? 'yes' : 'no'
      loans.add(line(loan_no, loan.borrower.borrower_no, riskOf(loan, planted).toFixed(4), loose))
    }
    loans.close()
  }

  /** What was planted, and in which book: who comes later must not write another one over it. */
  private plant({ planted, shape }: Simulation) {
    const { loans, seed, first, last } = shape
    const document = truthDocument(planted, {
      ...{ loans, seed, first_day: dayText(first), last_day: dayText(last) },
    })
    writeFileSync(join(this.folder, 'truth', 'truth.json'), `${JSON.stringify(document, null, 2)}\n`)
  }

  private truthFile = (name: string, columns: readonly string[]) =>
    new CsvFile(join(this.folder, 'truth', `${name}.csv`), columns)
}

/** Where the settings of each lender stand beside a book's files. */
export const settingsIn = (folder: string) =>
  lenders.map(({ lender }) => join(folder, 'settings', `settings-${lender}.json`))

/** Which packs of law bind each lender, for `amends settings import`. */
function writeSettings(folder: string, from: string): string[] {
  const paths = settingsIn(folder)
  return lenders.map(({ lender, pack }, i) => {
    const path = paths[i]!
    const settings = { lender, effective_from: from, packs: [pack] }
    writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`)
    return path
  })
}
