// A verdict is given again as it was, whatever was entered, signed or changed after it, from whichever day.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { fixedClock } from '../../platform/clock.ts'
import { recordStanding } from '../agencies/agency.sql.ts'
import { attemptContact, recordOutcome } from '../contacts/attempt.sql.ts'
import { recordDebtTraits } from '../facts/debt-trait.sql.ts'
import { type FactTable, recordFact } from '../facts/fact.sql.ts'
import { signException } from '../packs/pack.sql.ts'
import { replayVerdict } from './verdict.sql.ts'

const db = await freshDatabase()
const NOW = '2024-05-08T15:00:00Z'
const LATER = '2024-05-08T17:00:00Z'
const MAY = '2024-05-01T00:00:00Z'
const call = { channel: 'call', address: '+1 212 555 0100', staff_id: 'kim' }

/** A borrower of a lender of his own, whom one pack binds, with one loan. */
async function borrower(no: string, pack = 'us', zone = 'America/New_York'): Promise<string> {
  await sql`insert into loan_kinds values (${no}, 'card'), (${no}, 'microfinance')`.execute(db)
  await sql`
    insert into settings (lender, name, effective_from, value)
    values (${no}, 'packs', '2000-01-01', jsonb_build_array(${pack}::text))`.execute(db)
  const { rows } = await sql<{ borrower_id: string }>`
    insert into borrowers (borrower_id, lender, borrower_no, time_zones)
    values (borrower_id_of(${no}, '1'), ${no}, '1', array[${zone}])
    returning borrower_id::text as borrower_id`.execute(db)
  const { borrower_id } = rows[0]!
  await sql`
    insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                       outstanding_minor, past_due_minor)
    values (${borrower_id}, 'L1', ${no}, 'card', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(db)
  return borrower_id
}

beforeAll(async () => {
  await sql`
    insert into staff (id, name, email, created_at, updated_at)
    select n, n, n || '@example.com', ${NOW}, ${NOW} from unnest(array['kim', 'lou']) n`.execute(db)
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by)
    values ('kim', 'conduct', '2024-01-01', '2025-01-01', 'lee')`.execute(db)
})

const later = { clock: fixedClock(LATER), recorded_by: 'kim' }
const ask = async (borrower_id: string, asked: Record<string, unknown>, at = NOW) => {
  const told = { clock: fixedClock(at), asked_by: 'kim' }
  const { verdict, attempt_id } = await attemptContact(db, borrower_id, { ...call, ...asked }, told)
  return { ...verdict, attempt_id, rules: verdict.refusals.map((it) => it.rule_id) }
}
const factsOf = async (verdict_id: string) => {
  const { rows } = await sql<{ facts: Record<string, unknown> }>`
    select facts from verdicts where verdict_id = ${verdict_id}`.execute(db)
  return rows[0]!.facts
}
/** Gives the verdict again and says which rules refuse now. */
const again = async (verdict_id: string) => {
  const { same, again: told } = await replayVerdict(db, verdict_id)
  return { same, rules: told.refusals.map((it) => it.rule_id) }
}
const promise = async (borrower_id: string) => {
  await sql`
    insert into promises (borrower_id, loan_no, promise_no, made_on, due_on, counts_until, currency,
                          promised_minor, enough_minor, channel, taken_by, taken_at)
    values (${borrower_id}, 'L1', 1, '2024-05-01', '2024-05-20', '2024-05-21', 'USD', 100, 100, 'call', 'kim',
            '2024-05-01T15:00:00Z')`.execute(db)
}

test.each([
  ['cancelled the same day', sql`outcome = 'cancelled', judged_on = '2024-05-08'`],
  ['kept by money of the same day', sql`outcome = 'kept', judged_on = '2024-05-08', paid_minor = 100`],
  ['replaced the same day', sql`counts_until = '2024-05-07', replaced_on = '2024-05-08'`],
])('a promise that is %s after it', async (how, change) => {
  const id = await borrower(`promise ${how}`)
  await promise(id)
  const { verdict_id, rules } = await ask(id, {})
  expect(rules).toEqual(['HOUSE-P1'])
  expect(await factsOf(verdict_id)).toMatchObject({ promises: [{ promise_no: 1, due_on: '2024-05-20' }] })
  await sql`update promises set ${change} where borrower_id = ${id}`.execute(db)
  expect((await ask(id, {}, LATER)).rules).toEqual([])
  expect(await again(verdict_id)).toEqual({ same: true, rules: ['HOUSE-P1'] })
})

test('a promise that was kept before it, and is open again since the money was taken back', async () => {
  const id = await borrower('promise open again')
  await promise(id)
  await sql`
    update promises set outcome = 'kept', judged_on = '2024-05-06', paid_minor = 100
     where borrower_id = ${id}`.execute(db)
  const { verdict_id, allowed } = await ask(id, {})
  expect(allowed).toBe(true)
  await sql`
    update promises set outcome = null, judged_on = null, paid_minor = null
     where borrower_id = ${id}`.execute(db)
  expect(await again(verdict_id)).toEqual({ same: true, rules: [] })
})

test('an exception that was signed after it and names a day before it', async () => {
  const id = await borrower('exception')
  const unnamed = { staff_id: undefined }
  const { verdict_id, rules } = await ask(id, unnamed)
  expect(rules).toEqual(['HOUSE-S1'])
  const asked = { rule_id: 'HOUSE-S1', lender: 'exception', product: '', reason: 'a machine calls' }
  const signed = { at: LATER, by: 'cora', role: 'compliance' }
  const exception_id = await signException(
    db,
    { ...asked, from_on: '2024-05-01', to_on: '2024-05-31' },
    signed,
  )
  expect(await again(verdict_id)).toEqual({ same: true, rules: ['HOUSE-S1'] })
  const after = await ask(id, unnamed, LATER)
  expect(after.rules).toEqual([])
  expect(await factsOf(after.verdict_id)).toMatchObject({ exceptions: [exception_id] })
})

test('a certificate that was entered after it, passed before it', async () => {
  const id = await borrower('certificate')
  const { verdict_id, rules } = await ask(id, { staff_id: 'lou' })
  expect(rules).toEqual(['HOUSE-S1'])
  await sql`
    insert into training_certificates (staff_id, certificate, passed_on, lapses_on, recorded_by, recorded_at)
    values ('lou', 'conduct', '2024-05-01', '2025-05-01', 'lee', ${LATER})`.execute(db)
  expect(await again(verdict_id)).toEqual({ same: true, rules: ['HOUSE-S1'] })
  const after = await ask(id, { staff_id: 'lou' }, LATER)
  expect(after.rules).toEqual([])
  expect(await factsOf(after.verdict_id)).toMatchObject({ certificates: [['conduct', '2024-05-01']] })
})

test('another product of the loan since the next tape', async () => {
  const id = await borrower('product', 'in', 'Asia/Kolkata')
  const evening = '2024-05-08T13:00:00Z' // 18:30, too late for microfinance (IN-2)
  const { verdict_id, allowed } = await ask(id, {}, evening)
  expect(allowed).toBe(true)
  expect(await factsOf(verdict_id)).toMatchObject({ products: { L1: 'card' } })
  await sql`update loans set product = 'microfinance' where borrower_id = ${id}`.execute(db)
  expect((await ask(id, {}, '2024-05-09T13:00:00Z')).rules).toEqual(['IN-2'])
  expect(await again(verdict_id)).toEqual({ same: true, rules: [] })
})

test('what is recorded in the same instant after it', async () => {
  const id = await borrower('instant')
  const { verdict_id, allowed } = await ask(id, {})
  expect(allowed).toBe(true)
  const at_once = { clock: fixedClock(NOW), recorded_by: 'kim' }
  await recordFact(db, id, 'holds', { kind: 'cease', reason: 'a letter' }, at_once)
  expect(await again(verdict_id)).toEqual({ same: true, rules: [] })
  const refused = await ask(id, {})
  expect(refused.rules).toContain('US-T8')
  await recordFact(db, id, 'hold_releases', { kind: 'cease', reason: 'taken back' }, at_once)
  expect(await again(refused.verdict_id)).toMatchObject({ same: true })
  expect((await ask(id, { channel: 'email' })).rules).toEqual([])
})

test('the outcome of a talk with a neighbour that was written down after it', async () => {
  const id = await borrower('outcome')
  const locate = { party: 'third_party', party_id: 'A', purpose: 'locate' }
  const first = await ask(id, locate, '2024-05-06T15:00:00Z')
  const { verdict_id, rules } = await ask(id, locate)
  expect(rules).toEqual(['US-D3', 'US-F2'])
  expect(await factsOf(verdict_id)).toMatchObject({ contacts: [first.attempt_id] })
  await recordOutcome(db, id, first.attempt_id!, { outcome: 'unanswered', clock: later.clock })
  expect(await again(verdict_id)).toEqual({ same: true, rules })
  expect((await ask(id, locate, '2024-05-08T18:00:00Z')).rules).toEqual([])
})

const backdated: [string, FactTable, Record<string, unknown>, string?][] = [
  ['an opt-out', 'opt_outs', { channel: 'call' }],
  ['an inconvenient time', 'inconveniences', { from_time: '00:00', to_time: '23:59' }],
  ['a hold', 'holds', { kind: 'attorney' }],
  ['a portal session', 'portal_sessions', { state: 'open' }, 'portal'],
  ['a part of the claim', 'claim_parts', { debt: 'L1', part: 'whole', limitation_ends_on: '2020-01-01' }],
  ['a place', 'party_places', { party: 'debtor', zones: ['Asia/Tokyo'] }],
]
test.each(backdated)('%s of May that was learnt after it', async (what, table, said, channel = 'call') => {
  const id = await borrower(`late ${what}`)
  const cease = { at: '2024-05-02T00:00:00Z', kind: 'cease', reason: 'a letter' }
  const early = { clock: fixedClock('2024-05-07T00:00:00Z'), recorded_by: 'kim' }
  if (channel === 'portal') await recordFact(db, id, 'holds', cease, early)
  const { verdict_id, rules } = await ask(id, { channel })
  await recordFact(db, id, table, { ...said, at: MAY, reason: 'learnt late' }, later)
  expect(await again(verdict_id)).toEqual({ same: true, rules })
})

test('a consent of May that was learnt after it, and one that was taken back in May', async () => {
  const id = await borrower('consent', 'cn', 'Asia/Shanghai')
  const consent = { channel: 'visit', at: MAY, reason: 'by letter' }
  const visit = { channel: 'visit', visitors: 2 }
  const at = '2024-05-08T02:00:00Z'
  const unagreed = await ask(id, visit, at)
  expect(unagreed.rules).toContain('HOUSE-V1')
  const early = { clock: fixedClock('2024-05-08T03:00:00Z'), recorded_by: 'kim' }
  await recordFact(db, id, 'consents', consent, early)
  expect(await again(unagreed.verdict_id)).toEqual({ same: true, rules: unagreed.rules })
  const agreed = await ask(id, visit, '2024-05-08T04:00:00Z')
  expect(agreed.rules).not.toContain('HOUSE-V1')
  await recordFact(db, id, 'consent_revocations', { ...consent, at: '2024-05-02T00:00:00Z' }, later)
  expect(await again(agreed.verdict_id)).toEqual({ same: true, rules: agreed.rules })
})

test('what is said of a debt after it', async () => {
  const id = await borrower('traits')
  const { verdict_id } = await ask(id, {})
  const told = { debt: 'L1', represented: true, at: MAY, reason: 'the lender’s file' }
  const { fact_id } = await recordDebtTraits(db, id, told, later)
  expect(await again(verdict_id)).toEqual({ same: true, rules: [] })
  const after = await ask(id, {}, '2024-05-08T18:00:00Z')
  expect(after.rules).toContain('US-T7')
  expect(await factsOf(after.verdict_id)).toMatchObject({ debt_traits: [fact_id] })
})

test('what an agency showed after it and was so before it', async () => {
  const id = await borrower('agency')
  const shown = { licensed_until: '2025-12-31', secrecy_until: '2025-12-31', evaluated_on: '2024-05-01' }
  const standing = { ...shown, barred_reason: null }
  await recordStanding(db, 'A', standing, { at: '2024-05-02T00:00:00Z', by: 'cora' })
  const { verdict_id, rules } = await ask(id, { placed_by: 'agency:A' })
  expect(rules).toEqual([])
  const facts = await factsOf(verdict_id)
  expect(facts['agency_standing']).toMatch('2024-05-02')
  const barred = { ...standing, barred_reason: 'prosecuted', at: '2024-05-07T00:00:00Z' }
  await recordStanding(db, 'A', barred, { at: LATER, by: 'cora' })
  expect(await again(verdict_id)).toEqual({ same: true, rules: [] })
  expect((await ask(id, { placed_by: 'agency:A', party: 'guarantor' }, LATER)).rules).toEqual(['HOUSE-A1'])
})

test('the approval of its text that was withdrawn after it', async () => {
  const id = await borrower('text')
  await sql`
    insert into text_templates
    values ('hello', 1, 'email', 'en', '{us}', 'Hello', 'kim', ${MAY})`.execute(db)
  await sql`
    insert into template_approvals
    values ('hello', 1, '2024-05-01', 'infinity', 'cora', ${MAY}, 'good')`.execute(db)
  const email = await ask(id, { channel: 'email', template: 'hello@1' })
  expect(email.rules).toEqual([])
  expect(Object.keys(await factsOf(email.verdict_id))).toContain('template_approvals')
  await sql`insert into template_withdrawals values ('hello', 1, ${LATER}, 'cora', 'old')`.execute(db)
  expect(await again(email.verdict_id)).toEqual({ same: true, rules: [] })
})

test('contacts of long ago are named where a rule looks that far back', async () => {
  const id = await borrower('long ago')
  const letter = await ask(id, { channel: 'letter' }, '2024-02-01T15:00:00Z')
  const report = await ask(id, { channel: 'bureau_report', automated: true })
  expect(await factsOf(report.verdict_id)).toMatchObject({ contacts: [letter.attempt_id] })
  expect(await factsOf((await ask(id, {}, LATER)).verdict_id)).not.toMatchObject({
    contacts: [letter.attempt_id],
  })
})
