-- Who is seen is said once, in a view that the policies ask and that itself reads without policies: a policy
-- that reads a table with a policy is planned with everything below it, and again for each way of asking it.

-- A query may be worked on by several processes; they know its settings.
alter function sees_all() parallel safe;
alter function lenders_seen() parallel safe;
alter function portfolios_seen() parallel safe;
alter function agencies_seen() parallel safe;
alter function handed_to() parallel safe;
alter function may(text) parallel safe;
alter function may_see_people() parallel safe;
alter function sees_colleagues() parallel safe;
alter function teams_seen() parallel safe;
alter function asking_staff_id() parallel safe;

-- A product, a branch or both of a lender; '' is any.
create type portfolio as (lender text, product text, branch text);

-- The portfolios of `portfolios_seen`, as what a loan can be compared with.
create function portfolios_worked() returns portfolio[]
  language sql stable parallel safe
  return array(select row(p.lender, p.product, p.branch)::portfolio
                 from jsonb_to_recordset(portfolios_seen()) as p (lender text, product text, branch text));

-- Whether somebody sees borrowers one by one, beside or without whole lenders.
create function sees_single_borrowers() returns boolean
  language sql stable parallel safe
  return portfolios_seen() <> '[]' or agencies_seen() <> '{}' or handed_to() <> '';

-- The borrowers with a loan in one of them.
create or replace view borrowers_in_portfolios as
select l.borrower_id
  from loans l
 where (select portfolios_seen()) <> '[]'
   and array[row(l.lender, l.product, '')::portfolio, row(l.lender, '', coalesce(l.branch, ''))::portfolio,
             row(l.lender, l.product, coalesce(l.branch, ''))::portfolio] && (select portfolios_worked());

-- Whom the person of this transaction sees, but for those who see all (`sees_all`): the borrowers of their
-- lenders, of their portfolios, placed with their agency, handed over to them.
create view borrowers_seen as
select b.borrower_id
  from borrowers b
 where (select lenders_seen()) <> '{}'
   and b.lender = any ((select lenders_seen())::text[])
union all
select borrower_id from borrowers_in_portfolios
union all
select p.borrower_id
  from placements p
 where p.recalled_at is null
   and p.agency = any ((select agencies_seen())::text[])
union all
select h.borrower_id
  from handovers h
 where h.ended_at is null
   and h.staff_id = (select handed_to());

-- What is written of a person's doing says so, and nobody signs for somebody else.
drop policy written on audit_entries;
create policy written on audit_entries for insert to amends_desk
 with check (staff_id = (select asking_staff_id()));

-- An agency's standing and what it may give up are its own business and our people's, not another agency's.
alter table agency_standings enable row level security;
create policy of_agency on agency_standings for select to amends_desk
 using ((select sees_all()) or (select sees_colleagues()) or (select lenders_seen()) <> '{}'
        or agency = any ((select agencies_seen())::text[]));
create policy kept on agency_standings for insert to amends_desk
 with check ((select may('conduct.write')));
alter table authority_rules enable row level security;
create policy of_agency on authority_rules for select to amends_desk
 using (agency = '' or (select sees_all()) or (select sees_colleagues())
        or agency = any ((select agencies_seen())::text[]));

-- Which lenders we work for, and with which products, is told to whoever works on their books.
alter table loan_kinds enable row level security;
create policy of_lenders on loan_kinds for select to amends_desk
 using ((select sees_all()) or lender = any ((select lenders_seen())::text[])
        or lender in (select p.lender
                        from jsonb_to_recordset((select portfolios_seen())) as p (lender text)));

-- What binds everybody is read by everybody, and written by those who answer for it.
alter table house_exceptions enable row level security;
create policy binds on house_exceptions for select to amends_desk using (true);
create policy kept on house_exceptions for insert to amends_desk with check ((select may('conduct.write')));
alter table text_templates enable row level security;
create policy binds on text_templates for select to amends_desk using (true);
create policy kept on text_templates for insert to amends_desk with check ((select may('conduct.write')));
alter table template_approvals enable row level security;
create policy binds on template_approvals for select to amends_desk using (true);
create policy kept on template_approvals for insert to amends_desk with check ((select may('conduct.write')));
alter table template_withdrawals enable row level security;
create policy binds on template_withdrawals for select to amends_desk using (true);
create policy kept on template_withdrawals for insert to amends_desk
 with check ((select may('conduct.write')));

-- The rest of what binds (law, orders of allocation, edges, currencies) comes from files and nights.
revoke insert, update, delete on
  allocation_orders, authority_grids, authority_rules, bucket_edges, currencies, known_zones, loan_kinds,
  movement_kinds, pack_retentions, pack_rules, packs, rate_caps, rest_days, risk_class_edges, rule_checks,
  schema_migrations from amends_desk;
revoke truncate, references, trigger on all tables in schema public from amends_desk;
