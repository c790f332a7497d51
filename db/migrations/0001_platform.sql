-- What every module stands on: currencies, the event log, the record of nights.

create table currencies (
  currency text primary key,
  exponent int not null check (exponent between 0 and 4),
  -- minor units in one unit
  scale    numeric not null generated always as (10::numeric ^ exponent) stored
);

-- Decimal text of an amount in minor units, for reports and files.
create function to_decimal(minor numeric, exponent int) returns text
  language sql immutable strict parallel safe
  return round(minor / (10::numeric ^ exponent), exponent)::text;

-- The key of a borrower is derived from the lender and the lender's own number, so that a load needs no
-- look-up. The unit separator cannot stand in either.
create function borrower_id_of(lender text, borrower_no text) returns bigint
  language sql immutable strict parallel safe
  return hashtextextended(lender || E'\x1f' || borrower_no, 0);

-- What happened to a borrower, append-only. event_id is derived from the fact where a night writes it, so
-- that the same night again writes the same row.
create table events (
  borrower_id bigint not null,
  event_id    uuid not null default gen_random_uuid(),
  as_of       date not null,
  at          timestamptz,
  kind        text not null,
  loan_no     text,
  actor       text not null default 'night',
  detail      jsonb not null default '{}',
  primary key (borrower_id, event_id)
);

create table nights (
  as_of       date primary key,
  started_at  timestamptz not null,
  finished_at timestamptz,
  failed_step text,
  error       text
);

create table nightly_steps (
  as_of       date not null references nights,
  step        text not null,
  rows        bigint not null default 0,
  seconds     numeric not null default 0,
  primary key (as_of, step)
);

-- ISO 4217; the same table as src/platform/currencies.json, and a test holds the two together.
insert into currencies (currency, exponent)
select currency, exponent
  from (values
    (0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
    (2, 'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP'
      || ' BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD'
      || ' FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD'
      || ' KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD'
      || ' NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP'
      || ' SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED'
      || ' VES WST XCD XCG YER ZAR ZMW ZWG'),
    (3, 'BHD IQD JOD KWD LYD OMR TND'),
    (4, 'CLF UYW')
  ) as decimals (exponent, codes),
  unnest(string_to_array(codes, ' ')) as currency;
