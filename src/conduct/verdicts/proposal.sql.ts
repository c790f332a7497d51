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

const rowOf = ({ address, text, ...asked }: Proposal) => {
  const party = asked.party ?? 'debtor'
  return {
    ...asked,
    debts: asked.debts ?? [],
    party,
    party_id: party === 'debtor' ? '' : (asked.party_id ?? ''),
    address: contactAddress(address),
    place: asked.place ?? defaultPlace(asked.channel),
    purpose: asked.purpose ?? 'collect',
    placed_by: asked.placed_by ?? 'lender',
    automated: asked.automated ?? false,
    one_way: asked.one_way ?? false,
    template: asked.template ?? '',
    free_text: text !== undefined,
    claim_parts: asked.claim_parts ?? null,
  }
}

/**
 * Writes down what is asked about contacts. `refusalsFor` or `settle` looks the book up for it; until then
 * nothing is answered.
 */
export async function propose(tx: Db, proposals: readonly Proposal[]) {
  await sql`
    insert into asked_contacts
    select a.* from jsonb_populate_recordset(
      null::asked_contacts, ${JSON.stringify(proposals.map(rowOf))}::jsonb) a`.execute(tx)
}

/**
 * Adds what the book knows to what was asked about these borrowers (`proposal_contexts`): the proposals that
 * the rules answer.
 */
export async function settle(tx: Db, borrower_ids: readonly string[]) {
  await sql`
    insert into contact_proposals
    select * from proposal_contexts where borrower_id = any (${borrower_ids}::bigint[])`.execute(tx)
  await sql`
    delete from asked_contacts where borrower_id = any (${borrower_ids}::bigint[])`.execute(tx)
}

/** The same for a query over the book that answers the columns of asked_contacts. */
export async function proposeAll(tx: Db, asked: RawBuilder<unknown>) {
  await sql`insert into asked_contacts ${asked}`.execute(tx)
  // Without figures of what was just written the planner would go through it once for every row.
  await sql`analyze asked_contacts`.execute(tx)
  await sql`insert into contact_proposals select * from proposal_contexts`.execute(tx)
  await sql`delete from asked_contacts`.execute(tx)
  await sql`analyze contact_proposals`.execute(tx)
}

/** What the rules answer to what was asked about a borrower, by proposal. */
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
    with settled as (
      delete from asked_contacts
       where borrower_id = ${borrower_id}
    ), answered as (
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
