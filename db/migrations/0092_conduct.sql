-- A verdict that is asked again reads what it read where the book has only its newest word (the product of a
-- loan, how a promise stands): null asks the book.
alter table contact_proposals add column as_read jsonb;

-- From when what an agency showed was so; null: from when it was recorded. judged_at: when the contacts since
-- then were judged again, where it was recorded late.
alter table agency_standings
  add column at timestamptz,
  add column judged_at timestamptz,
  add constraint standing_is_not_of_the_future check (at <= recorded_at);
