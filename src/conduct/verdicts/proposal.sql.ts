import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { contactAddress, defaultPlace } from '../contacts/contact.ts'
import type { AskedContact, RuleAnswer } from './verdict.ts'

/** A proposal to be: whose, when, in which stage; `proposal_id` is chosen by the caller. */
export type Proposal = AskedContact & {
  borrower_id: string
  proposal_id: string
  at: string
  stage: 'plan' | 'dispatch' | 'afterwards'
  contact_id?: string
}

const rowOf = ({ address, ...asked }: Proposal) => {
  const party = asked.party ?? 'debtor'
  return {
    ...asked,
    party,
    party_id: party === 'debtor' ? '' : (asked.party_id ?? ''),
    address: contactAddress(address),
    place: asked.place ?? defaultPlace(asked.channel),
    purpose: asked.purpose ?? 'collect',
    placed_by: asked.placed_by ?? 'lender',
    automated: asked.automated ?? false,
    one_way: asked.one_way ?? false,
  }
}

/** The columns of contact_proposals that a query for `proposeAll` answers, in this order. */
const columns = sql.raw(
  `borrower_id, proposal_id, at, stage, channel, debts, party, party_id, address, place, purpose, placed_by,
   staff_id, visitors, automated, one_way, contact_id, law_on, pack_versions`,
)

/**
 * Puts proposals before the rules; what the book knows is filled in (`proposal_contexts`). Until that is
 * done a proposal is bound by no pack, and refused.
 */
export async function propose(tx: Db, proposals: readonly Proposal[]) {
  await sql`
    insert into contact_proposals (${columns})
    select a.borrower_id, a.proposal_id, a.at, a.stage, a.channel, coalesce(a.debts, '{}'), a.party,
           a.party_id,
           a.address, a.place, a.purpose, a.placed_by, a.staff_id, a.visitors, a.automated, a.one_way,
           a.contact_id, 'infinity', '{}'
      from jsonb_populate_recordset(
             null::contact_proposals, ${JSON.stringify(proposals.map(rowOf))}::jsonb) a`.execute(tx)
  for (const borrower_id of new Set(proposals.map((proposal) => proposal.borrower_id))) {
    await sql`select settle_proposals(${borrower_id})`.execute(tx)
  }
}

/** The same for a query over the book that answers `columns` up to `contact_id`; no debts: '{}'. */
export async function proposeAll(tx: Db, asked: RawBuilder<unknown>) {
  await sql`
    insert into contact_proposals (${columns})
    select a.*, date 'infinity', '{}'::text[] from (${asked}) a`.execute(tx)
  // Without figures of what was just written the planner would go through it once for every row.
  await sql`analyze contact_proposals`.execute(tx)
  await sql`select settle_proposals(null)`.execute(tx)
}

/** What the rules answer to a borrower's proposals, by proposal. */
export async function refusalsFor(tx: Db, borrower_id: string): Promise<Map<string, RuleAnswer[]>> {
  const { rows } = await sql<RuleAnswer & { proposal_id: string }>`
    select proposal_id, rule_id, pack_version, rule, source, force, modality, mark, for_counsel, evidence,
           next_allowed_at, blocks
      from refusals_of(${borrower_id})
     order by proposal_id, rule_id collate "C", next_allowed_at collate "C"`.execute(tx)
  return Map.groupBy(rows, (row) => row.proposal_id)
}

/** What must be said when a contact is made, and by which rule. */
export type Disclosure = { rule_id: string; says: string }

/** Takes a borrower's proposals back once they are answered; what each would have had to say, by proposal. */
export async function withdraw(tx: Db, borrower_id: string): Promise<Map<string, Disclosure[]>> {
  const { rows } = await sql<Disclosure & { proposal_id: string }>`
    with answered as (
      delete from contact_proposals
       where borrower_id = ${borrower_id}
      returning proposal_id, channel, pack_versions
    )
    select a.proposal_id, r.rule_id, r.says
      from answered a
      join pack_rules r on r.pack_version = any (a.pack_versions) and a.channel = any (r.says_on)
     order by r.rule_id collate "C"`.execute(tx)
  return Map.groupBy(rows, (row) => row.proposal_id)
}
