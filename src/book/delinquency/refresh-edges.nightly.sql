-- What the settings come to for every lender and product of the book; writes only what is different.
-- reads: settings_in_force   writes: bucket_edges
create temp table edges_now on commit drop as
select e.lender, e.product,
       greatest(e.effective_from, o.effective_from, g.effective_from) as effective_from,
       least(e.effective_to, o.effective_to, g.effective_to) as effective_to,
       edge.bucket, edge.rank::int as rank, edge.from_days, edge.to_days,
       (o.value #>> '{}')::int as day_origin, (g.value #>> '{}')::int as grace_days
  from settings_in_force e
  join settings_in_force o
    on o.name = 'day_origin' and (o.lender, o.product) = (e.lender, e.product)
  join settings_in_force g
    on g.name = 'grace_days' and (g.lender, g.product) = (e.lender, e.product)
 cross join lateral rows from (
         jsonb_to_recordset(e.value) as (bucket text, from_days int, to_days int)
       ) with ordinality as edge (bucket, from_days, to_days, rank)
 where e.name = 'bucket_edges'
   and greatest(e.effective_from, o.effective_from, g.effective_from)
     < least(e.effective_to, o.effective_to, g.effective_to);

delete from bucket_edges b where not exists (select from edges_now n where n = b);

insert into bucket_edges select * from edges_now on conflict do nothing;

analyze bucket_edges;

drop table edges_now;
