import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { allocationRuleFor, disputedPartsOf } from '../allocation/book-allocation.sql.ts'
import { positionOf } from '../ledger/ledger.sql.ts'
import { type Standing, settingOf } from '../positions/standing.sql.ts'
import type { PayOff } from './quote.api.ts'
import type { PenaltyRule, QuoteFacts, QuoteTerms, RateCap } from './quote.ts'

/** The contract's rule of penalty, or that of the first of its packs that has one; null where nobody has. */
async function penaltyRuleOf(tx: Db, loan: Standing, asOf: string): Promise<PenaltyRule> {
  for (const name of ['penalty_rule', ...loan.packs.map((pack) => `penalty_rule_${pack}`)]) {
    const rule = await settingOf<PenaltyRule>(tx, loan, name, asOf)
    if (rule) return rule
  }
  return null
}

/** What the lender's packs say on a day of yearly rates of such a loan: caps and alerts. */
export async function rateCapsOf(tx: Db, loan: Standing, asOf: string): Promise<RateCap[]> {
  const { rows } = await sql<RateCap>`
    select distinct on (pack, kind) kind, yearly::text as yearly,
           jsonb_build_object('en', clause, 'zh-Hans', clause_zh_hans, 'zh-Hant', clause_zh_hant) as clause
      from rate_caps
     where pack = any (${loan.packs}::text[]) and is_card = ${loan.is_card} and effective_from <= ${asOf}
     order by pack, kind, effective_from desc
  `.execute(tx)
  return rows
}

/** Rates, rules and caps that hold for a loan on a day. */
export async function quoteTerms(tx: Db, loan: Standing, asOf: string): Promise<QuoteTerms> {
  const rule = await allocationRuleFor(tx, loan, asOf)
  return {
    rate: loan.rate,
    day_count: (await settingOf<string>(tx, loan, 'day_count', asOf)) ?? 'actual/365',
    penalty: await penaltyRuleOf(tx, loan, asOf),
    grace_days: (await settingOf<number>(tx, loan, 'grace_days', asOf)) ?? 0,
    caps: await rateCapsOf(tx, loan, asOf),
    order: rule.kind === 'due_first' ? rule.due_order : ['fee', 'interest', 'penalty', 'principal'],
  }
}

/** What the tape in force on a day said of a loan; undefined where the book held no such loan. */
async function tapeOn(tx: Db, loan: Standing, asOf: string) {
  const { rows } = await sql<
    Pick<Standing, 'past_due_minor' | 'oldest_due_on'> & { stated: (string | null)[] }
  >`
    select past_due_minor, oldest_due_on,
           array[principal_minor, interest_minor, penalty_minor, fees_minor] as stated
      from tape_positions
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
       and valid_from <= ${asOf} and ${asOf} < valid_to
  `.execute(tx)
  return rows[0]
}

/** What the sum starts from on a day: the tape's parts, and what moved since with its part. */
export async function quoteFacts(
  tx: Db,
  loan: Standing,
  asOf: string,
): Promise<{ facts: QuoteFacts; doubts: string[] } | undefined> {
  const position = await positionOf(tx, loan.borrower_id, loan.loan_no, asOf)
  const tape = await tapeOn(tx, loan, asOf)
  if (!position || !tape) return undefined
  const known = tape.stated.every((part) => part !== null)
  const [principal, interest, penalty, fee] = known
    ? tape.stated.map((part) => BigInt(part!))
    : [BigInt(position.tape_minor), 0n, 0n, 0n]
  const doubts = [known ? [] : ['parts_are_unknown'], loan.rate === null ? ['rate_is_unknown'] : []].flat()
  const facts: QuoteFacts = {
    currency: loan.currency,
    tape_on: position.tape_as_of,
    parts: { principal: principal!, interest: interest!, penalty: penalty!, fee: fee! },
    past_due_minor: BigInt(tape.past_due_minor),
    oldest_due_on: tape.oldest_due_on,
    // A charge-off moves nothing that is owed.
    moved: position.movements
      .filter(({ change_minor }) => change_minor !== 0)
      .map(({ on_date, kind, part, change_minor }) => ({
        on: on_date,
        kind,
        part,
        change_minor: BigInt(change_minor),
      })),
    disputed: await disputedPartsOf(tx, loan, asOf),
  }
  return { facts, doubts }
}

/** Keeps a quote with its terms; answers it with its number. */
export async function insertQuote(
  tx: Db,
  loan: Standing,
  told: Omit<PayOff, 'quote_no'>,
  terms: QuoteTerms,
  by: { at: string; staff_id: string },
): Promise<PayOff> {
  const { rows } = await sql<{ quote_no: number }>`
    insert into quotes
      (borrower_id, loan_no, quote_no, currency, for_on, good_until, total_minor, answer, terms, asked_at,
       asked_by)
    select ${loan.borrower_id}, ${loan.loan_no}, coalesce(max(quote_no), 0) + 1, ${told.currency},
           ${told.for_on},
           ${told.good_until}, ${told.total_minor}, ${JSON.stringify(told)}, ${JSON.stringify(terms)},
           ${by.at},
           ${by.staff_id}
      from quotes
     where borrower_id = ${loan.borrower_id} and loan_no = ${loan.loan_no}
    returning quote_no
  `.execute(tx)
  return { ...told, quote_no: rows[0]!.quote_no }
}

/** The quotes of a loan as they were told, the newest first. */
export async function quotesOf(db: Db, borrowerId: string, loanNo: string): Promise<PayOff[]> {
  const { rows } = await sql<{ answer: Omit<PayOff, 'quote_no'>; quote_no: number }>`
    select answer, quote_no from quotes
     where borrower_id = ${borrowerId} and loan_no = ${loanNo}
     order by quote_no desc
  `.execute(db)
  return rows.map(({ answer, quote_no }) => ({ ...answer, quote_no }))
}
