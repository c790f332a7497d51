-- The moment at which a promise was taken: whoever was called before it broke no word about it. Promises of
-- earlier days have none and count from the day after.
alter table promises add column taken_at timestamptz;
