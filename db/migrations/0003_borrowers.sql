-- Who owes. A borrower that only a tape has named so far has nothing but the number.

create table borrowers (
  borrower_id          bigint primary key,
  lender               text not null,
  borrower_no          text not null,
  name                 text,
  kind                 text check (kind in ('person', 'firm')),
  national_id          text,
  born_on              date,
  occupation           text,
  -- as the lender states it: the file names no currency, so it is not money to add up
  monthly_income       numeric check (monthly_income >= 0),
  employer             text,
  language             text,
  country              text,
  -- IANA names; several when it is not certain where the person is; empty when unknown
  time_zones           text[] not null default '{}',
  vulnerable           text,
  deceased_on          date,
  extra                jsonb,
  row_digest           bigint
);

-- One row per phone, e-mail or address of a borrower or of a party to the borrower's loans.
create table contact_points (
  borrower_id  bigint not null,
  party        text not null
               check (party in ('debtor', 'co_borrower', 'guarantor', 'contact_person', 'employer')),
  party_name   text not null default '',
  kind         text not null check (kind in ('mobile', 'phone', 'work_phone', 'email', 'address')),
  value        text not null,
  source       text,
  consented_on date,
  opted_out_on date,
  extra        jsonb,
  row_digest   bigint,
  primary key (borrower_id, party, party_name, kind, value)
);
