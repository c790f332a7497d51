-- Of the house itself, too, a person sees what the work needs. Colleagues (name, roles, teams, certificates)
-- are seen by our own people; an agency's people see those of their own teams, a visitor nobody but
-- themselves. Only an admin changes them.

-- Whether the person sees everybody who works here.
create function sees_colleagues() returns boolean
  language sql stable
  return coalesce(current_setting('amends.colleagues', true), '') = 'on' or may('staff.read');

-- The agency's teams of a person who sees no others.
create function teams_seen() returns text[]
  language sql stable
  return coalesce(nullif(current_setting('amends.teams', true), ''), '{}')::text[];

create function asking_staff_id() returns text
  language sql stable
  return coalesce(current_setting('amends.staff_id', true), '');

alter table team_members enable row level security;
create policy colleagues on team_members for select to amends_desk
 using ((select sees_colleagues()) or staff_id = (select asking_staff_id())
        or team_id = any ((select teams_seen())::text[]));
alter table staff enable row level security;
create policy colleagues on staff for select to amends_desk
 using ((select sees_colleagues()) or id = (select asking_staff_id())
        or exists (select from team_members m
                    where m.staff_id = staff.id and m.left_at is null
                      and m.team_id = any ((select teams_seen())::text[])));

-- The rest of a person goes with the person, the rest of a team with the team.
alter table staff_roles enable row level security;
create policy colleagues on staff_roles for select to amends_desk
 using ((select sees_colleagues()) or exists (select from staff s where s.id = staff_roles.staff_id));
alter table staff_departures enable row level security;
create policy colleagues on staff_departures for select to amends_desk
 using ((select sees_colleagues()) or exists (select from staff s where s.id = staff_departures.staff_id));
alter table training_certificates enable row level security;
create policy colleagues on training_certificates for select to amends_desk
 using ((select sees_colleagues())
        or exists (select from staff s where s.id = training_certificates.staff_id));
alter table teams enable row level security;
create policy colleagues on teams for select to amends_desk
 using ((select sees_colleagues()) or exists (select from team_members m where m.team_id = teams.team_id));
alter table team_portfolios enable row level security;
create policy colleagues on team_portfolios for select to amends_desk using ((select sees_colleagues()));

create policy kept on team_members to amends_desk using ((select may('staff.write')));
create policy kept on staff to amends_desk using ((select may('staff.write')));
create policy kept on staff_roles to amends_desk using ((select may('staff.write')));
create policy kept on staff_departures to amends_desk using ((select may('staff.write')));
create policy kept on training_certificates to amends_desk using ((select may('staff.write')));
create policy kept on teams to amends_desk using ((select may('staff.write')));
create policy kept on team_portfolios to amends_desk using ((select may('staff.write')));

-- A load is a lender's: whoever works on a part of that lender's book knows that the file came (what is owed
-- starts from the day of the newest tape), and so does whoever works on single borrowers, whose lender no
-- setting names. Loads of other lenders are nobody's business.
alter table loads enable row level security;
create policy of_lenders on loads to amends_desk
 using ((select sees_all())
        or lenders && (select lenders_seen())
        or exists (select from jsonb_to_recordset((select portfolios_seen())) as p (lender text)
                    where p.lender = any (loads.lenders))
        or (select agencies_seen()) <> '{}'
        or (select handed_to()) <> '');

-- Settings bind everybody's work and are read by all; nights say only how far the work is. Neither is
-- written for a person.
revoke insert, update, delete on settings, nights, nightly_steps from amends_desk;
