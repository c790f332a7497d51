-- Law as versioned data. A pack is one jurisdiction's rules; what a verdict was given under keeps its
-- version.

create table packs (
  pack_version text primary key,
  pack         text not null,
  version      text not null,
  title        text not null,
  -- the zone that a person without a known one is taken to be in; empty: an unknown zone refuses
  own_zone     text,
  -- a pack that is only watched is never law for anybody: whoever names it is refused everything
  in_use       boolean not null,
  -- from this day on the version is law; until then its effect can be looked at
  applies_from date not null default '-infinity',
  loaded_at    timestamptz not null,
  sha256       text not null,
  unique (pack, version)
);

-- Which version of a pack is law on which days: the newest that applies.
create view packs_in_force as
select pack, pack_version, own_zone, applies_from as from_on,
       lead(applies_from, 1, 'infinity') over (partition by pack order by applies_from, loaded_at,
         version) as to_on
  from packs
 where in_use;

-- Packs that bind one borrower beside those of the lender and product.
create table borrower_packs (
  borrower_id bigint not null,
  pack        text not null,
  from_on     date not null,
  to_on       date not null default 'infinity',
  recorded_by text not null,
  reason      text not null,
  primary key (borrower_id, pack, from_on)
);

create table pack_rules (
  pack_version   text not null references packs,
  rule_id        text not null,
  rule           text not null,
  parameters     text not null,
  scope          text not null,
  force          text not null
                 check (force in ('statute', 'regulation', 'standard', 'self-regulation', 'house')),
  modality       text check (modality in ('prohibit', 'require', 'presume', 'should')),
  -- a missed should warns unless its pack says that it blocks
  blocks         boolean not null,
  source         text not null,
  -- P text read, S secondary text, S- weak or contradicting, M from memory, house: our own caution
  mark           text not null,
  for_counsel    boolean not null,
  effective_from date not null default '-infinity',
  effective_to   date not null default 'infinity',
  -- contacts by these channels are recorded
  records_on     text[],
  -- what must be said, on these channels
  says           text,
  says_on        text[],
  -- what must not stand in anything that is written or logged
  banned_phrases text[],
  -- whether a rule view answers for it; the others are for the product around
  is_decided     boolean not null,
  primary key (pack_version, rule_id)
);

-- Records, recordings and what is handed over stay at least so many months from the anchor, for these
-- products (empty: all).
create table pack_retentions (
  pack_version text not null,
  rule_id      text not null,
  what         text not null check (what in ('record', 'recording', 'handover')),
  months       int not null,
  anchor       text not null,
  products     text[],
  primary key (pack_version, rule_id, what),
  foreign key (pack_version, rule_id) references pack_rules
);

-- What the rule views ask: one row per test of a rule, with the rule's numbers. Empty columns do not narrow.
create table rule_checks (
  pack_version       text not null,
  rule_id            text not null,
  ordinal            int not null,
  check_kind         text not null,
  own_zone           text,
  house              boolean not null,
  effective_from     date not null,
  effective_to       date not null,
  -- what the test is about
  channels           text[],
  not_channels       text[],
  parties            text[],
  not_parties        text[],
  purposes           text[],
  not_purposes       text[],
  products           text[],
  not_products       text[],
  places             text[],
  not_places         text[],
  placed_by_kind     text check (placed_by_kind in ('agency', 'buyer')),
  one_way            boolean,
  -- numbers and names of the rule
  opens              time,
  closes             time,
  closing_in         boolean not null default false,
  calls_max          int,
  days               int,
  minutes            int,
  outcomes           text[],
  count_key          text check (count_key in ('person', 'number')),
  consent_lifts      boolean not null default false,
  hold               text,
  variant            text,
  days_max           int,
  months_max         int,
  days_after_release int,
  permits_reply      boolean not null default false,
  notice             text,
  visitors_min       int,
  years              int,
  years_longest      int,
  restarted_by       text[],
  claim_part         text,
  primary key (pack_version, rule_id, ordinal),
  foreign key (pack_version, rule_id) references pack_rules
);
create index rule_checks_by_kind on rule_checks (check_kind);

-- A house rule may be set aside for a lender and product, by signature of somebody with the role, for a time.
create table house_exceptions (
  exception_id uuid primary key default gen_random_uuid(),
  rule_id      text not null,
  lender       text not null default '',
  product      text not null default '',
  from_on      date not null,
  to_on        date not null check (to_on >= from_on),
  reason       text not null check (reason <> ''),
  signed_by    text not null check (signed_by <> ''),
  signed_role  text not null,
  signed_at    timestamptz not null
);

-- Zone names that this PostgreSQL knows; a person in any other place is in no known zone.
create table known_zones (zone text primary key);

-- A clock time inside a span that may run over midnight; the end is out.
create function is_within(t time, opens time, closes time) returns boolean
  language sql immutable parallel safe
  return case when opens < closes then t >= opens and t < closes
              when opens > closes then t >= opens or t < closes
              else false end;

create function weekday(local timestamp) returns text
  language sql immutable strict parallel safe
  return (array['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])[extract(isodow from local)::int];

-- Whether a local time falls into a stretch of days and hours that somebody called inconvenient. No days:
-- every day. No hours: the whole day. A stretch over midnight belongs to the day on which it begins.
-- until_on is its last day.
create function is_inconvenient(
  local timestamp, days text[], from_time time, to_time time, until_on date
) returns boolean
  language sql immutable parallel safe
  return case
    when coalesce(from_time, '00:00') < coalesce(to_time, '24:00') then
      local::time >= coalesce(from_time, '00:00')
      and local::time < coalesce(to_time, '24:00')
      and (days is null or weekday(local) = any (days))
      and local::date <= coalesce(until_on, 'infinity')
    when from_time = to_time then
      (days is null or weekday(local) = any (days))
      and local::date <= coalesce(until_on, 'infinity')
    else
      (local::time >= from_time
       and (days is null or weekday(local) = any (days))
       and local::date <= coalesce(until_on, 'infinity'))
      or (local::time < to_time
          and (days is null or weekday(local - interval '1 day') = any (days))
          and local::date - 1 <= coalesce(until_on, 'infinity'))
  end;

-- An instant as the minute that a clock in the zone shows.
create function local_minute(at timestamptz, zone text) returns text
  language sql stable strict parallel safe
  return to_char(at at time zone zone, 'YYYY-MM-DD"T"HH24:MI');

-- How next_allowed_at is told where hours decide: the first whole minute not before the instant, on a
-- clock in the zone. In the hour that the end of summer time repeats a reading comes twice: it is told
-- with its offset.
create function next_minute(at timestamptz, zone text) returns text
  language sql stable strict parallel safe
  return (
    select to_char(l.local, 'YYYY-MM-DD"T"HH24:MI')
           || case when exists (
                select
                  from (values (interval '1 hour'), ('-1 hour'), ('30 minutes'), ('-30 minutes')) s (shift)
                 where (m.at + s.shift) at time zone zone = l.local)
              then case when o.ahead < '0' then '-' else '+' end
                   || to_char(greatest(o.ahead, -o.ahead), 'HH24:MI')
              else '' end
      from (select date_trunc('minute', at + interval '59.999999 seconds', 'UTC') as at) m
     cross join lateral (select m.at at time zone zone as local) l
     cross join lateral (select l.local - (m.at at time zone 'UTC') as ahead) o);

-- The instants from one moment to another at which the clock of a zone is put forward or back.
create function clock_changes(zone text, from_at timestamptz, to_at timestamptz)
  returns setof timestamptz
  language sql stable strict parallel safe rows 1
begin atomic
  select min(n.at)
    from generate_series(date_trunc('hour', from_at, 'UTC'), to_at, interval '1 hour') h (at)
   cross join lateral generate_series(h.at, h.at + interval '1 hour', interval '1 minute') n (at)
   where from_at at time zone zone - from_at at time zone 'UTC'
         <> to_at at time zone zone - to_at at time zone 'UTC'
     and h.at at time zone zone - h.at at time zone 'UTC'
         <> (h.at + interval '1 hour') at time zone zone - (h.at + interval '1 hour') at time zone 'UTC'
     and n.at at time zone zone - n.at at time zone 'UTC'
         = (h.at + interval '1 hour') at time zone zone - (h.at + interval '1 hour') at time zone 'UTC'
   group by h.at;
end;

-- One stretch of days and hours that somebody called inconvenient.
create type inconvenient_time as (days text[], from_time time, to_time time, until_on date);

-- Whether every zone is within the hours or the agreed ones.
create function is_open(
  at timestamptz, zones text[], opens time, closes time, closing_in boolean, agreed_from time, agreed_to time
) returns boolean
  language sql stable parallel safe
  return not exists (
    select from unnest(zones) z
     cross join lateral (select (at at time zone z)::time as local) l
     where not (is_within(l.local, opens, closes)
                or closing_in and l.local = closes
                or coalesce(is_within(l.local, agreed_from, agreed_to), false)));

-- The first minute from an instant on at which every zone is open: the opening of one of them, or the change
-- of a clock that puts it into the hours.
create function next_open_minute(
  from_at timestamptz, zones text[], day_zone text, opens time, closes time, closing_in boolean,
  agreed_from time, agreed_to time
) returns text
  language sql stable parallel safe
  return (
    select next_minute(min(m.at), day_zone)
      from (
        select ((from_at at time zone z)::date + n + e.edge) at time zone z - s.shift as at
          from unnest(zones) z,
               generate_series(0, 3) n,
               (values (opens), (agreed_from)) e (edge),
               -- in an hour that comes twice the edge does too
               (values (interval '0'), ('30 minutes'), ('1 hour')) s (shift)
        union all
        select clock_changes(z, from_at, from_at + interval '4 days') from unnest(zones) z) m
     where m.at >= from_at
       and is_open(m.at, zones, opens, closes, closing_in, agreed_from, agreed_to));

-- The first minute from an instant on at which none of these inconvenient times binds in any zone. It is the
-- end of one of them: its own end, midnight, the day after its last; or a clock is changed out of it.
create function next_convenient_minute(
  from_at timestamptz, zones text[], day_zone text, times inconvenient_time[]
) returns text
  language sql stable parallel safe
  return (
    select next_minute(min(m.at), day_zone)
      from unnest(times) k,
           unnest(zones) z,
           lateral (
             values ((from_at at time zone day_zone)::date), (nullif(k.until_on, 'infinity') + 1)) d (day)
     cross join lateral (
       select (d.day + n + e.edge) at time zone z - s.shift as at
         from generate_series(-1, 8) n,
              (values (time '00:00'), (k.to_time)) e (edge),
              (values (interval '0'), ('30 minutes'), ('1 hour')) s (shift)
       union all
       select clock_changes(z, (d.day - 1) at time zone 'UTC', (d.day + 9) at time zone 'UTC')) m
     where m.at >= from_at
       and not exists (
         select from unnest(times) y, unnest(zones) x
          where is_inconvenient(m.at at time zone x, y.days, y.from_time, y.to_time, y.until_on)));
