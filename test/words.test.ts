// What the server names (refusals, entries of the log) has words in every language of the desk.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDesk } from '../src/api.ts'
import { systemClock } from '../src/platform/clock.ts'
import { connect } from '../src/platform/database.ts'
import { freshUrl } from './support/database.ts'

const root = join(import.meta.dirname, '..')
const languages = ['en', 'zh-Hans', 'zh-Hant']
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const wordsOf = (name: string) => JSON.parse(read(`web/desk/words/${name}.json`))

const url = await freshUrl()
const db = connect(url, { max: 2 })
const desk = openDesk({ db, url, clock: systemClock(), secret: 'a secret of the tests only', demo: false })
afterAll(async () => {
  await desk.close()
  await db.destroy()
})

/** A name of a refusal as it is written where it is refused: alone, or as the later half of a condition. */
const refused = [
  /\b(?:new Refused|refuse|problem)\(\s*(?:c,\s*)?'([a-z0-9_]+)'/g,
  /\brefusal:\s*'([a-z0-9_]+)'/g,
  /\b(?:refuse|new Refused)\(\s*[^')]*\?\s*'([a-z0-9_]+)'/g,
  /\b(?:refuse|new Refused)\(\s*[^')]*\?\s*'[a-z0-9_]+'\s*:\s*'([a-z0-9_]+)'/g,
]

const refusals = () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
  return new Set(
    sources.flatMap((path) => {
      const text = read(path)
      return refused.flatMap((form) => [...text.matchAll(form)].map(([, name]) => name!))
    }),
  )
}

/** Every action that the log can name: each write, and each read of a borrower's personal data. */
async function actions(): Promise<string[]> {
  const { paths } = (await (await desk.app.request('http://desk.test/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, { 'x-personal'?: true }>>
  }
  const personal = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation['x-personal'])
      .map(([method]) => `${method.toUpperCase()} /api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const writes = desk.app.routes
    .filter(({ method }) => !['GET', 'ALL'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
  return [...new Set([...personal, ...writes])]
}

test('every refusal has words in every language', () => {
  const names = [...refusals()]
  // Were the forms above no longer those of the source, nothing would be missing.
  expect(names.length).toBeGreaterThan(150)
  for (const language of languages) {
    const { refusals: there } = wordsOf(language) as { refusals: Record<string, string> }
    expect(
      names.filter((name) => !there[name]),
      language,
    ).toEqual([])
  }
})

test('every action of the log has words in every language', async () => {
  const named = await actions()
  expect(named.length).toBeGreaterThan(100)
  for (const language of languages) {
    const there = wordsOf(`actions.${language}`) as Record<string, string>
    expect(
      named.filter((action) => !there[action]),
      language,
    ).toEqual([])
  }
})

/** Why a row of a file is refused, as it is written where it is found; `{}` for what differs by row. */
function rejectReasons(): string[] {
  const sources = globSync('src/book/{intake,loans,borrowers,payments,instalments}/*.ts', { cwd: root })
  const reasons = sources
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => [...read(path).matchAll(/['`]((?:is|was|has|lies|stands|the row has) [^'`]+)['`]/g)])
    .map(([, reason]) => reason!.replace(/\$\{[^}]*(?:\}|$)/g, '{}'))
    .map((reason) => (/(?:on line|in the book:) $/.test(reason) ? `${reason}{}` : reason))
  return [...new Set(reasons)]
}

test('every reason for which a row of a file is refused has Chinese words', () => {
  const reasons = rejectReasons()
  expect(reasons.length).toBeGreaterThan(35)
  for (const language of ['zh-Hans', 'zh-Hant']) {
    const there = Object.keys(wordsOf(`rejects.${language}`))
    const fits = (reason: string) =>
      there.some((words) => words === reason || (reason.startsWith('was {}') && words.startsWith('was ')))
    expect(
      reasons.filter((reason) => !fits(reason)),
      language,
    ).toEqual([])
  }
})
