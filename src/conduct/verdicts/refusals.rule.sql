-- All refusals of all proposals: every rule that is not met, not only the first (rules.md 1.1). blocks
-- says whether it refuses; a should that its pack does not set to block only warns. Rules that stand
-- without a pack are the house's.

-- Most contacts are asked these.
drop view if exists refusals_often cascade;
create view refusals_often as
select f.borrower_id, f.proposal_id, f.pack_version, f.rule_id, f.evidence, f.next_allowed_at,
       coalesce(r.source, 'house') as source, coalesce(r.rule, 'What is unknown refuses') as rule,
       coalesce(r.force, 'house') as force, coalesce(r.modality, 'require') as modality,
       coalesce(r.mark, 'house') as mark, coalesce(r.for_counsel, false) as for_counsel,
       coalesce(r.blocks, true) as blocks
  from (
    select * from refused_unknown
    union all select * from refused_contact_hours
    union all select * from refused_inconvenient
    union all select * from refused_call_frequency
    union all select * from refused_calls_per_day
    union all select * from refused_call_gap
    union all select * from refused_held
    union all select * from refused_promised
    union all select * from refused_opted_out
    union all select * from refused_in_validation
    union all select * from refused_unvalidated
    union all select * from refused_uncertified) f
  left join pack_rules r on r.pack_version = f.pack_version and r.rule_id = f.rule_id
 where r.force is distinct from 'house'
    or not exists (
      select from rules_set_aside x
       where x.borrower_id = f.borrower_id and x.proposal_id = f.proposal_id and x.rule_id = f.rule_id);

-- Few contacts are asked these: other people, visits, texts, notices, threats of suit, agencies.
drop view if exists refusals_seldom cascade;
create view refusals_seldom as
select f.borrower_id, f.proposal_id, f.pack_version, f.rule_id, f.evidence, f.next_allowed_at,
       r.source, r.rule, r.force, r.modality, r.mark, r.for_counsel, r.blocks
  from (
    select * from refused_never
    union all select * from refused_while_reachable
    union all select * from refused_after_refusal
    union all select * from refused_second_talk
    union all select * from refused_visitors
    union all select * from refused_work_email
    union all select * from refused_without_notice
    union all select * from refused_bureau_report
    union all select * from refused_time_barred
    union all select * from refused_unknown_limitation
    union all select * from refused_agency_standing
    union all select * from refused_unapproved_text
    union all select * from refused_unagreed_visit) f
  join pack_rules r on r.pack_version = f.pack_version and r.rule_id = f.rule_id
 where r.force <> 'house'
    or not exists (
      select from rules_set_aside x
       where x.borrower_id = f.borrower_id and x.proposal_id = f.proposal_id and x.rule_id = f.rule_id);

drop view if exists refusals cascade;
create view refusals as
select * from refusals_often union all select * from refusals_seldom;

-- Of whom anything is asked that only refusals_seldom answers.
drop view if exists asked_seldom cascade;
create view asked_seldom as
select p.borrower_id, p.proposal_id
  from contact_proposals p
 where p.asks is null
    or p.asks & (
      select bit_or(set_bit(no_check.asks, c.check_no, 1))
        from no_check
       cross join rule_checks c
       where c.check_kind not in (
         'zone_known', 'contact_hours', 'inconvenient_time', 'inconvenient_place', 'calls_in_days',
         'quiet_after_conversation', 'calls_per_day', 'call_gap', 'held', 'promise_open', 'opted_out',
         'staff_certified', 'portal_session', 'validation_runs', 'validation_given', 'validation_arrived')
    ) <> (select asks from no_check);

-- What the same views answer about one borrower. A function only so that the plans are kept from one question
-- to the next: planning the views takes far longer than reading one borrower's facts, and starting a plan
-- longer than running it, so those that nothing is asked of stay unstarted (docs/decisions/0007). The
-- rules stay in the views. It runs as the owner so that the kept plan does not change with the person who
-- asks; the borrower was locked, and so seen, by that person.
create function answers_about(borrower bigint) returns setof refusals
  language plpgsql stable security definer
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set search_path = public, pg_temp
as $$
begin
  return query select * from refusals_often r where r.borrower_id = borrower;
  if exists (select from asked_seldom a where a.borrower_id = borrower) then
    return query select * from refusals_seldom r where r.borrower_id = borrower;
  end if;
end $$;

-- The same, once what was asked about the borrower has become proposals.
create function refusals_of(borrower bigint) returns setof refusals
  language plpgsql volatile security definer
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set search_path = public, pg_temp
as $$
begin
  insert into contact_proposals select c.* from proposal_contexts c where c.borrower_id = borrower;
  return query select * from answers_about(borrower);
end $$;
