-- An attempt stands on a verdict of its own transaction by a check, too. Foreign keys are triggers, and who
-- may set session_replication_role (a superuser, such as the role of the embedded database) switches those
-- off for a session; a check is asked whatever that is set to.
--
-- An update (the outcome) meets the attempt as it was, and asks only that the verdict still says the same.
-- plpgsql, and not a body that is bound: pg_dump would find the table and the function in a circle. Nothing
-- of the caller's own stands in for the tables (search_path).

create function stands_on_its_verdict(
  of_borrower bigint, of_verdict uuid, of_attempt uuid, of_decided_at timestamptz, of_channel text,
  of_debts text[], of_party text, of_party_id text, of_address text, of_placed_by text, of_purpose text)
returns boolean language plpgsql stable security definer
set search_path = public, pg_temp
as $$
begin
  return exists (
    select
      from verdicts v
     where v.borrower_id = of_borrower
       and v.verdict_id = of_verdict
       and v.attempt_id = of_attempt
       and v.allowed
       and (v.decided_at, v.channel, v.debts, v.party, v.party_id, v.address, v.placed_by, v.purpose)
         = (of_decided_at, of_channel, of_debts, of_party, of_party_id, of_address, of_placed_by, of_purpose)
       and (v.given_in = pg_current_xact_id()
            or exists (
              select from contact_attempts a
               where a.borrower_id = of_borrower
                 and a.attempt_id = of_attempt)));
end $$;

alter table contact_attempts
  add constraint attempt_stands_on_its_verdict check (
    stands_on_its_verdict(
      borrower_id, verdict_id, attempt_id, decided_at, channel, debts, party, party_id, address, placed_by,
      purpose)) not valid;
