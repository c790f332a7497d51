import type pg from 'pg'
import type { Applied, Cells, LoadOptions } from './entries.ts'
import { fileKinds, type KindName } from './file-kinds.ts'

export type Figure = {
  before: number
  now: number
  moved: number
  limit: number | null
  beyond_limit: boolean
}

export type Total = {
  currency: string
  loans?: number
  outstanding?: string
  past_due?: string
  amount?: string
}

export type Counts = {
  rows: number
  new: number
  changed: number
  unchanged: number
  closed: number
  rejected: number
}

/** The dated record that every load leaves. Amounts are decimal text. */
export type LoadRecord = Counts & {
  kind: KindName
  as_of: string
  mode: 'full' | 'delta'
  state: 'applied' | 'held'
  lenders: string[]
  file_name: string
  file_path: string
  sha256: string
  accepted_by: string | null
  loaded_at: string
  totals: Total[]
  /** column → share of empty cells, 0 to 1 */
  null_shares: Record<string, number>
  comparison: Record<string, Figure>
  notes: Record<string, unknown>
  /** loans whose own days past due differ from ours */
  dpd_differs: number
  seconds: number
}

export type Measures = {
  lenders: string[]
  counts: Counts
  totals: Total[]
  null_shares: Record<string, number>
  dpd_differs: number
  notes: Record<string, unknown>
}

/**
 * Open loans and money by currency, and how many loans state other days past due than we count on the tape's
 * day. Every core adds up a part: loans of a kind that state the same are one row, then the day origin is
 * looked up (it stands with every bucket edge, once with the first). `day_0` is the due day plus the days
 * that the lender states, so for all that agree the tape's day plus the origin; before all days where the
 * lender states days and we none; empty where nothing is stated or both say 0.
 */
const bookTotals = `
  with stated as (
    select currency, lender, product,
           case when lender_days_past_due is null or oldest_due_on is null and lender_days_past_due = 0
                then null
                else coalesce(oldest_due_on + lender_days_past_due, date '-infinity') end as day_0,
           count(*) as loans, sum(outstanding_minor) as outstanding, sum(past_due_minor) as past_due
      from loans
     where status in ('active', 'charged_off') and lender = any ($1)
     group by 1, 2, 3, 4
  ), total as (
    select s.currency, sum(s.loans)::bigint as loans, sum(s.outstanding) as outstanding,
           sum(s.past_due) as past_due,
           coalesce(sum(s.loans) filter (where s.day_0 <> $2::date + o.day_origin), 0)::bigint as differs
      from stated s
      left join bucket_edges o
        on (o.lender, o.product) = (s.lender, s.product)
       and o.rank = 1 and o.effective_from <= $2 and $2 < o.effective_to
     group by 1
  )
  select t.currency, t.loans, to_decimal(t.outstanding, c.exponent) as outstanding,
         to_decimal(t.past_due, c.exponent) as past_due, t.differs
    from total t
    join currencies c using (currency)
   order by 1`

const fileTotals = (kind: KindName) =>
  kind === 'payments'
    ? `select e.currency,
              to_decimal(sum(case e.kind when 'reversal' then -e.amount_minor else e.amount_minor end),
              c.exponent) as amount
         from staging.entries e join currencies c using (currency) group by e.currency, c.exponent order by 1`
    : null

async function nullShares(client: pg.Client, kind: KindName, cells: Cells): Promise<Record<string, number>> {
  const names = fileKinds[kind].columns.map((column) => column.name)
  if (cells.lines) {
    const share = (name: string) => Math.round((cells.emptyShare(name) ?? 1) * 1e4) / 1e4
    return Object.fromEntries(names.map((name) => [name, share(name)]))
  }
  const { rows } = await client.query(`
    select ${names
      .map(
        (name) => `round(1 - count(${cells.of(name)})::numeric / greatest(count(*), 1), 4)::float8
      as "${name}"`,
      )
      .join(', ')} from staging.rows s`)
  return rows[0]
}

type Facts = { kind: KindName; lenders: string[]; applied: Applied; options: LoadOptions }

/** What the record of a load says, measured inside its transaction. */
export async function measure(client: pg.Client, cells: Cells, facts: Facts): Promise<Measures> {
  const { kind, lenders, applied, options } = facts
  const counted = await client.query<{ rows: number; rejected: number }>(`
    select ${cells.lines ? cells.lines.rows : '(select count(*) from staging.rows)'}
             + count(*) filter (where r.unread) as rows, count(*) as rejected
      from staging.rejects r`)
  const { rows, rejected } = counted.rows[0]!
  const book = kind === 'loans' ? await client.query(bookTotals, [lenders, options.as_of]) : null
  const file = fileTotals(kind)
  return {
    lenders,
    counts: {
      rows,
      new: applied.new,
      changed: applied.changed,
      unchanged: rows - applied.new - applied.changed - rejected,
      closed: applied.closed,
      rejected,
    },
    totals:
      book?.rows.map(({ differs: _, ...total }) => total) ?? (file ? (await client.query(file)).rows : []),
    null_shares: await nullShares(client, kind, cells),
    dpd_differs: book?.rows.reduce((sum, row) => sum + row.differs, 0) ?? 0,
    notes: applied.notes ?? {},
  }
}

/** The load of the same kind before this one, of these lenders or some of them. */
const recordBefore = `
  select rows, totals, null_shares from loads
   where kind = $1 and state = 'applied' and lenders && $2 and mode = 'full' and (as_of < $3 or sha256 <> $4)
   order by as_of desc, loaded_at desc limit 1`

const limitsInForce = `
  select distinct on (f.lender) s.value
    from unnest($1::text[]) as f (lender)
    join settings_in_force s
      on s.name = 'load_limits' and s.product = '' and s.effective_from <= $2 and $2 < s.effective_to
     and s.lender in ('', f.lender)
   order by f.lender, s.lender desc`

type Limits = { rows?: number; outstanding?: number; past_due?: number; null_share?: number }

/** Of several lenders in one file each limit of each binds. */
const strictest = (all: readonly Limits[]): Limits =>
  Object.fromEntries(
    (['rows', 'outstanding', 'past_due', 'null_share'] as const).flatMap((name) => {
      const set = all.flatMap((limits) => limits[name] ?? [])
      return set.length ? [[name, Math.min(...set)]] : []
    }),
  )

function figure(before: number, now: number, limit: number | undefined, share = false): Figure {
  const moved = share
    ? Math.abs(now - before)
    : before === 0
      ? now === 0
        ? 0
        : 1
      : Math.abs(now / before - 1)
  return {
    ...{ before, now, moved: Math.round(moved * 1e6) / 1e6 },
    ...{ limit: limit ?? null, beyond_limit: limit !== undefined && moved > limit },
  }
}

/**
 * A full tape or file beside the one before: rows, outstanding and past due by currency, share of empty cells
 * per column, and whether any of it moved further than the lender's `load_limits` allow (fractions; none by
 * default).
 */
export async function compareWithBefore(
  client: pg.Client,
  kind: KindName,
  options: LoadOptions,
  measures: Measures,
  sha256: string,
): Promise<Record<string, Figure>> {
  if (options.mode !== 'full') return {}
  const before = await client.query(recordBefore, [kind, measures.lenders, options.as_of, sha256])
  const old = before.rows[0]
  if (!old) return {}
  const found = await client.query<{ value: Limits }>(limitsInForce, [measures.lenders, options.as_of])
  const limits = kind === 'loans' ? strictest(found.rows.map(({ value }) => value)) : {}
  const result: Record<string, Figure> = { rows: figure(old.rows, measures.counts.rows, limits.rows) }
  for (const total of measures.totals) {
    const was = (old.totals as Total[]).find((t) => t.currency === total.currency)
    for (const name of ['outstanding', 'past_due'] as const) {
      if (total[name] === undefined) continue
      const key = `${name} ${total.currency}`
      result[key] = figure(Number(was?.[name] ?? 0), Number(total[name]), limits[name])
    }
  }
  for (const [column, share] of Object.entries(measures.null_shares)) {
    const was = (old.null_shares as Record<string, number>)[column] ?? 1
    if (was !== share) result[`empty ${column}`] = figure(was, share, limits.null_share, true)
  }
  return result
}

const KEPT_REJECTS = 1_000

/** Writes the record of a load; with its first rejected rows while they are staged. */
export async function recordLoad(client: pg.Client, record: LoadRecord, staged: boolean) {
  const { notes, ...row } = record
  const { rows } = await client.query<{ load_id: string }>(
    `insert into loads
     select (jsonb_populate_record(null::loads,
            $1::jsonb || jsonb_build_object('load_id', gen_random_uuid()))).*
     returning load_id`,
    [JSON.stringify({ ...row, comparison: { ...row.comparison }, notes })],
  )
  if (!staged) return
  await client.query(
    `insert into load_rejects (load_id, line, column_name, value, reason)
     select $1, line, column_name, value, reason from staging.rejects order by line limit $2`,
    [rows[0]!.load_id, KEPT_REJECTS],
  )
}
