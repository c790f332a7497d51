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

/**
 * Puts proposals before the rules. What the book knows is filled in: all open loans when no debts are
 * named, the zones of the borrower, the packs of lender, product and borrower in the versions that are
 * law on the day. A borrower whom no pack binds, or one with an unknown pack, is refused by the rules
 * themselves.
 */
export async function propose(tx: Db, proposals: readonly Proposal[]) {
  await proposeFrom(
    tx,
    sql`
      select *
        from jsonb_to_recordset(${JSON.stringify(proposals.map(rowOf))}::jsonb) as a (
          borrower_id bigint, proposal_id uuid, at timestamptz, stage text, channel text, debts text[],
          party text, party_id text, address text, place text, purpose text, placed_by text, staff_id text,
          visitors int, automated boolean, one_way boolean, contact_id uuid)
`,
  )
}

/** The same for a query that answers the columns of `a` above: a whole book at once. */
export async function proposeFrom(tx: Db, asked: RawBuilder<unknown>) {
  await sql`
    with asked as materialized (
      ${asked}
    ), laws as materialized (
      select * from packs_in_force
    ), bound as materialized (
      -- the house's own rules come on top of law, never instead of it; an unknown pack stays, and refuses
      select s.lender, s.product, greatest(s.effective_from, v.from_on) as from_on,
             least(s.effective_to, v.to_on) as to_on, coalesce(v.pack_version, x.pack) as pack_version
        from settings_in_force s
       cross join lateral jsonb_array_elements_text(s.value) as p (pack)
       cross join lateral (values (p.pack), ('house')) x (pack)
        left join laws v on v.pack = x.pack
       where s.name = 'packs'
    )
    insert into contact_proposals (
      borrower_id, proposal_id, at, law_on, pack_versions, lender, products, zones, zone_doubtful, channel,
      debts, party, party_id, address, place, purpose, placed_by, staff_id, stage, visitors, automated, one_way,
      contact_id)
    select a.borrower_id, a.proposal_id, a.at, d.law_on, k.pack_versions, b.lender, l.products,
           case when z.doubtful then '{}' else b.time_zones end, z.doubtful, a.channel,
           coalesce(a.debts, l.debts), a.party, a.party_id, a.address, a.place, a.purpose, a.placed_by,
           a.staff_id, a.stage, a.visitors, a.automated, a.one_way, a.contact_id
      from asked a
      join borrowers b on b.borrower_id = a.borrower_id
     cross join lateral (
       select exists (
         select from unnest(b.time_zones) n
          where not exists (select from known_zones k where k.zone = n)) as doubtful
     ) z
     cross join lateral (
       select (a.at at time zone
               case when z.doubtful then 'UTC' else coalesce(b.time_zones[1], 'UTC') end)::date as law_on) d
     cross join lateral (
       select coalesce(array_agg(n.loan_no order by n.loan_no collate "C"), '{}') as debts,
              coalesce(array_agg(distinct n.product), '{}') as products
         from loans n
        where n.borrower_id = a.borrower_id
          and case when a.debts is null then n.status in ('active', 'charged_off')
                   else n.loan_no = any (a.debts) end) l
     cross join lateral (
       select coalesce(array_agg(distinct n.pack_version), '{}') as pack_versions
         from (
           select f.pack_version
             from bound f
            where f.lender = b.lender
              and f.product = any (l.products)
              and f.from_on <= d.law_on
              and d.law_on < f.to_on
           union all
           select coalesce(v.pack_version, x.pack)
             from borrower_packs w
            cross join lateral (values (w.pack), ('house')) x (pack)
             left join laws v on v.pack = x.pack and v.from_on <= d.law_on and d.law_on < v.to_on
            where w.borrower_id = a.borrower_id
              and d.law_on between w.from_on and w.to_on) n) k`.execute(tx)
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

/** Takes a borrower's proposals back once they are answered. */
export async function withdraw(tx: Db, borrower_id: string) {
  await sql`delete from contact_proposals where borrower_id = ${borrower_id}`.execute(tx)
}
