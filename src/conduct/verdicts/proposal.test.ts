// What is worked out once for all contacts of one kind is what each of them would be asked by itself.
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../test/support/database.ts'
import { type Proposal, propose, settle } from './proposal.sql.ts'

const AT = '2026-03-10T15:00:00Z'
const of = <T>(...values: T[]) => fc.constantFrom(...values)
const asked = fc.record({
  channel: of('call', 'sms', 'email', 'letter', 'visit', 'message', 'portal', 'bureau_report', 'placement'),
  party: of('debtor', 'guarantor', 'contact_person', 'employer', 'third_party'),
  purpose: of('collect', 'locate', 'reply', 'legally_required', 'legal_threat', 'terminate'),
  placed_by: of('lender', 'agency:A', 'buyer:B'),
  one_way: fc.boolean(),
  place: of(undefined, 'home', 'work', 'mobile'),
  at: of(AT, '2026-03-10T03:00:00Z', '2026-03-10T22:00:00Z'),
})

test('tests and answers are the same, settled together or asked one by one', async () => {
  const db = await freshDatabase()
  const packs = ['us', 'cn', 'tw', 'in', 'uk']
  for (const [i, pack] of packs.entries()) {
    await sql`insert into loan_kinds values (${pack}, 'card')`.execute(db)
    await sql`
      insert into settings (lender, name, effective_from, value)
      values (${pack}, 'packs', '2000-01-01', ${JSON.stringify([pack])}::jsonb)`.execute(db)
    await sql`
      insert into borrowers (borrower_id, lender, borrower_no, time_zones)
      values (${i}, ${pack}, '1', '{Asia/Shanghai}')`.execute(db)
    await sql`
      insert into loans (borrower_id, loan_no, lender, product, currency, status, position_from,
                         outstanding_minor, past_due_minor)
      values (${i}, 'L', ${pack}, 'card', 'USD', 'active', '2024-01-01', 10000, 100)`.execute(db)
  }
  const contacts = fc.sample(asked, { numRuns: 400, seed: 11 })
  await db.transaction().execute(async (tx) => {
    await propose(
      tx,
      contacts.map(
        (it, i): Proposal => ({
          ...it,
          borrower_id: String(i % packs.length),
          proposal_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
          stage: 'dispatch',
        }),
      ),
    )
    await settle(
      tx,
      packs.map((_, i) => String(i)),
    )
    const { rows } = await sql<{ asked: number; otherwise: number }>`
      select count(*) filter (where get_bit(p.asks, c.check_no) = 1) as asked,
             count(*) filter (
               where (get_bit(p.asks, c.check_no) = 1)
                  <> is_asked(c, p.law_on, p.pack_versions, p.channel, p.party, p.purpose, p.placed_by,
                              p.one_way)) as otherwise
        from contact_proposals p cross join rule_checks c`.execute(tx)
    expect(rows[0]!.otherwise).toBe(0)
    expect(rows[0]!.asked).toBeGreaterThan(2_000)

    const answers = async () => {
      const told = await sql`
        select proposal_id, rule_id, pack_version, next_allowed_at, evidence::text
          from refusals
         order by proposal_id, rule_id, pack_version, evidence::text`.execute(tx)
      return told.rows
    }
    const together = await answers()
    expect(together.length).toBeGreaterThan(400)
    await sql`update contact_proposals set asks = null`.execute(tx)
    expect(await answers()).toEqual(together)
  })
})
