// The night as the business knows it: in order, once, resumed where it stopped, and the same whenever it is
// run.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { loadFile } from '../../src/book/intake/load.ts'
import { type DayFiles, kinds, writeBook } from '../../src/demo/write-files.ts'
import { steps } from '../../src/nightly.ts'
import { fixedClock } from '../../src/platform/clock.ts'
import { openClient } from '../../src/platform/database.ts'
import { runNight, runStep } from '../../src/platform/nightly.ts'
import { canonical, differences } from '../support/canonical.ts'
import { freshUrl } from '../support/database.ts'

const FIRST = Temporal.PlainDate.from('2025-02-25')
const clock = fixedClock('2025-03-03T22:00:00Z')
const day = (n: number) => FIRST.add({ days: n }).toString()

let days: DayFiles[]
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'amends-night-'))
  const first = FIRST.since('1970-01-01').days
  days = writeBook(folder, { loans: 400, seed: 7, first, last: first + 5 }, { to() {}, end() {} }).days
  return () => rmSync(folder, { recursive: true })
})

async function loadDay(url: string, n: number) {
  const { as_of, files } = days[n]!
  for (const kind of kinds) {
    const file = files[kind]
    if (file) await loadFile(url, clock, { file, as_of, kind, max_missing: 1 })
  }
}

const night = (url: string, n: number) => runNight(url, steps, day(n), clock)

async function run(url: string, ...statements: string[]) {
  const client = await openClient(url)
  try {
    let rows: unknown[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

test('the same night again changes nothing, and neither does any step by itself', async () => {
  const url = await freshUrl()
  for (const n of [0, 1, 2]) {
    await loadDay(url, n)
    const ran = await night(url, n)
    expect(ran.steps.map(({ step }) => step)).toEqual(steps)
  }
  const before = await canonical(url)
  await night(url, 2)
  expect(differences(before, await canonical(url))).toEqual([])
  const client = await openClient(url)
  try {
    for (const step of steps) {
      await client.query('begin')
      await runStep(client, step, day(2))
      await client.query('commit')
      expect(differences(before, await canonical(url)), step).toEqual([])
    }
  } finally {
    await client.end()
  }
})

test('a night that failed is told with its step, and goes on there once the cause is mended', async () => {
  const [url, peaceful] = [await freshUrl(), await freshUrl()]
  await loadDay(url, 0)
  await run(url, 'alter table cases rename to cases_away')
  await expect(night(url, 0)).rejects.toMatchObject({
    refusal: 'night_step_failed',
    detail: { as_of: day(0), step: 'book/cases/close-cases' },
  })
  const failed = 'select as_of::text, failed_step, error, finished_at from nights'
  expect(await run(url, failed)).toEqual([
    {
      as_of: day(0),
      failed_step: 'book/cases/close-cases',
      error: expect.stringMatching('cases'),
      finished_at: null,
    },
  ])
  await run(url, 'alter table cases_away rename to cases')
  const done = await run(url, 'select step from nightly_steps')
  expect(done.length).toBe(steps.indexOf('book/cases/close-cases'))
  await night(url, 0)
  expect(await run(url, failed)).toMatchObject([{ failed_step: null, error: null }])
  await loadDay(peaceful, 0)
  await night(peaceful, 0)
  const timeless = { timeless: true }
  expect(differences(await canonical(peaceful, timeless), await canonical(url, timeless))).toEqual([])
})

test('a night shared by three sessions finds what one finds alone, and says how many rows', async () => {
  const [alone, shared] = [await freshUrl(), await freshUrl()]
  for (const n of [0, 1, 2]) {
    for (const [url, sessions] of [
      [alone, '1'],
      [shared, '3'],
    ] as const) {
      vi.stubEnv('AMENDS_NIGHT_SESSIONS', sessions)
      await loadDay(url, n)
      await night(url, n)
    }
  }
  vi.unstubAllEnvs()
  const books = [await canonical(alone, { timeless: true }), await canonical(shared, { timeless: true })]
  expect(books[0]!.get('delinquencies')!.length).toBeGreaterThan(20)
  expect(differences(books[0]!, books[1]!)).toEqual([])
})

test('a number of sessions that is none is refused before anything is done', async () => {
  const url = await freshUrl()
  await loadDay(url, 0)
  for (const wrong of ['two', '0', '2.5', '9']) {
    vi.stubEnv('AMENDS_NIGHT_SESSIONS', wrong)
    await expect(night(url, 0), wrong).rejects.toMatchObject({ refusal: 'night_sessions_out_of_range' })
  }
  vi.unstubAllEnvs()
  expect(await run(url, 'select from nights')).toEqual([])
})

test('a part that fails stops the night; what the other parts did is not done again', async () => {
  const url = await freshUrl()
  await loadDay(url, 0)
  // One borrower whose case cannot be opened: the part that holds the key stops, the other one ends.
  const [first] = (await run(
    url,
    'select borrower_id::text as id from loans where past_due_minor > 0 order by borrower_id limit 1',
  )) as { id: string }[]
  await run(url, `alter table cases add constraint broken check (borrower_id <> ${first!.id})`)
  vi.stubEnv('AMENDS_NIGHT_SESSIONS', '2')
  await expect(night(url, 0)).rejects.toMatchObject({ refusal: 'night_step_failed' })
  expect(await run(url, 'select step, part, of from nightly_parts')).toEqual([
    { step: 'book/cases/open-cases', part: 1, of: 2 },
  ])
  await run(url, 'alter table cases drop constraint broken')
  // With more sessions than then, the parts stay as they were.
  vi.stubEnv('AMENDS_NIGHT_SESSIONS', '4')
  const { steps } = await night(url, 0)
  vi.unstubAllEnvs()
  const [opened] = (await run(url, 'select count(*) as cases from cases')) as { cases: number }[]
  expect(steps.find(({ step }) => step === 'book/cases/open-cases')!.rows).toBe(opened!.cases)
  expect(await run(url, 'select from nightly_parts')).toEqual([])
})

test('nights that were missed are caught up in order; none runs before the last', async () => {
  const url = await freshUrl()
  await loadDay(url, 0)
  await night(url, 0)
  await loadDay(url, 3)
  const late = await night(url, 3)
  expect(late.caught_up).toEqual([day(1), day(2)])
  expect(await run(url, 'select as_of::text from nights where finished_at is not null order by 1')).toEqual(
    [0, 1, 2, 3].map((n) => ({ as_of: day(n) })),
  )
  const before = await canonical(url)
  await expect(night(url, 2)).rejects.toMatchObject({ refusal: 'night_is_before_the_last' })
  await expect(night(url, 60)).rejects.toMatchObject({ refusal: 'as_of_is_in_the_future' })
  expect(differences(before, await canonical(url))).toEqual([])
})

test('a night that is caught up finds what it would have found in its time', async () => {
  const [daily, late] = [await freshUrl(), await freshUrl()]
  for (const url of [daily, late]) {
    await loadDay(url, 0)
    await night(url, 0)
  }
  for (const n of [1, 2, 3]) {
    await loadDay(daily, n)
    await night(daily, n)
    await loadDay(late, n)
  }
  await night(late, 3)
  const [one, other] = [await canonical(daily, { timeless: true }), await canonical(late, { timeless: true })]
  // How many rows a step wrote on its way there may differ: who was worked on a day that has passed is not
  // found out.
  for (const book of [one, other]) book.delete('nightly_steps')
  expect(differences(one, other)).toEqual([])
})

test('two nights at once: the second waits for the first to end, or is told that one runs', async () => {
  const url = await freshUrl()
  await loadDay(url, 0)
  const both = await Promise.allSettled([night(url, 0), night(url, 0)])
  expect(both.some(({ status }) => status === 'fulfilled')).toBe(true)
  for (const each of both) {
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ refusal: 'night_already_runs' })
  }
  const [count] = (await run(url, 'select count(*) as nights from nights')) as { nights: number }[]
  expect(count).toEqual({ nights: 1 })
})
