-- A judged promise is longer than an open one by its outcome, day and sum. With half of each page free, the
-- last fifth of the promises that end in one night found no room on their page: they went to another one and
-- into every index. Rows on pages written before stay where they are.
alter table promises set (fillfactor = 42);
