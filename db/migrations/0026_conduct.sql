-- A verdict that allows is what the rules answer, not what its writer says: the database asks them again when
-- it is written. The proposal must stand in contact_proposals as the book gives it, be about what the
-- verdict is about, not lie before the last attempt, and break no rule that blocks. Asked by name: the rule
-- views come and go with each deploy. pg_temp last: nothing of the writer's own stands in for a rule.
create function is_what_the_rules_allow(
  of_borrower bigint, of_verdict uuid, of_at timestamptz, of_channel text, of_debts text[], of_party text,
  of_party_id text, of_address text, of_placed_by text, of_purpose text, of_packs text[], of_asked jsonb
) returns boolean
  language plpgsql stable security definer
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set search_path = public, pg_temp
as $$
begin
  return exists (
    select
      from contact_proposals p
      join proposal_contexts c on c.borrower_id = p.borrower_id and c.proposal_id = p.proposal_id
     where p.borrower_id = of_borrower
       and p.proposal_id = of_verdict
       and to_jsonb(p) = to_jsonb(c)
       and to_jsonb(p) - 'asks' = of_asked
       and (p.at, p.channel, p.debts, p.party, p.party_id, p.address)
         = (of_at, of_channel, of_debts, of_party, of_party_id, of_address)
       and (p.placed_by, p.purpose, p.pack_versions) = (of_placed_by, of_purpose, of_packs)
  ) and not exists (
    select from contact_attempts a where a.borrower_id = of_borrower and a.at > of_at
  ) and not exists (
    select from answers_about(of_borrower) r where r.proposal_id = of_verdict and r.blocks
  );
end $$;

-- Checks are asked in the order of their names: this one costs most and comes last.
alter table verdicts
  add constraint what_the_rules_allow check (
    not allowed
    or is_what_the_rules_allow(
      borrower_id, verdict_id, decided_at, channel, debts, party, party_id, address, placed_by, purpose,
      pack_versions, asked)) not valid;
