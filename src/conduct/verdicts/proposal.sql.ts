import { sql } from 'kysely'
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
export type Disclosure = {
  rule_id: string
  says: string
  /** These are the words for later contacts; the first says others. */
  later: boolean
}

/**
 * Takes a borrower's proposals back once they are answered; what each would have had to say, by proposal: to
 * this person, for this purpose, under the law of the day. Where the first contact says more (US-D1), a
 * talk, whoever began it, or something that we wrote about each of the debts makes it a later one.
 */
export async function withdraw(
  tx: Db,
  borrower_id: string,
): Promise<Map<string, (Disclosure & { proposal_id: string })[]>> {
  const { rows } = await sql<Disclosure & { proposal_id: string }>`
    with settled as (
      delete from asked_contacts
       where borrower_id = ${borrower_id}
    ), answered as (
      delete from contact_proposals
       where borrower_id = ${borrower_id}
      returning borrower_id, proposal_id, at, law_on, pack_versions, channel, debts, party, party_id,
                purpose, placed_by
    )
    select a.proposal_id, r.rule_id, w.later, case when w.later then r.says_later else r.says end as says
      from answered a
      join pack_rules r
        on r.pack_version = any (a.pack_versions)
       and a.law_on between r.effective_from and r.effective_to
       and a.channel = any (r.says_on)
       and (r.says_to is null or a.party = any (r.says_to))
       and (r.says_not_to is null or a.party <> all (r.says_not_to))
       and (r.says_for is null or a.purpose = any (r.says_for))
     cross join lateral (
       select r.says_later is not null and a.debts <> '{}' and not exists (
                select
                  from unnest(a.debts) d
                 where not exists (
                   select from contacts c
                    where c.borrower_id = a.borrower_id
                      and c.at < a.at
                      and (c.party, c.party_id, c.placed_by) = (a.party, a.party_id, a.placed_by)
                      and (c.outcome = 'conversation'
                           or c.direction = 'out' and c.channel in ('sms', 'email', 'letter', 'message'))
                      and (coalesce(c.conversation_debts, c.debts) is null
                           or d = any (coalesce(c.conversation_debts, c.debts))))) as later) w
     order by r.rule_id collate "C"`.execute(tx)
  return Map.groupBy(rows, (row) => row.proposal_id)
}
