// The style guide that runs: every rule here fails the build. Reasons and examples stand in STYLE.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { steps } from '../src/nightly.ts'

const root = join(import.meta.dirname, '..')
const notOurs = new Set(['node_modules', '.git', '.amends', 'dist', 'artefacts'])

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (notOurs.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else if (entry.isFile()) yield relative(root, path)
  }
}

type File = { path: string; text: string }

const isText = /\.(ts|tsx|cjs|json|sql|md|css|html|sh|csv)$|^(amends|\.ci\/run|\.\w+)$/
const paths = [...walk(root)].sort()
const files: File[] = paths
  .filter((path) => isText.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
const code = files.filter(({ path }) => /^(src|web|test)\/.*\.tsx?$/.test(path))
const sql = files.filter(({ path }) => /^(src|db\/migrations)\/.*\.sql$/.test(path))
const inRooms = files.filter(({ path }) => /^src\/.+\//.test(path))

const lineAt = (text: string, offset: number) => text.slice(0, offset).split('\n').length
/** Blanks what a person reads and the machine does not, keeping every line where it was. */
const withoutComments = ({ path, text }: File) =>
  (path.endsWith('.sql') ? text.replace(/--.*$/gm, '') : text.replace(/(^|\s)\/\/.*$/gm, '$1')).replace(
    /\/\*[\s\S]*?\*\//g,
    (comment) => comment.replace(/[^\n]/g, ' '),
  )

/** Where `pattern` occurs in the files, as path:line and the words found. */
function found(pattern: RegExp, where: readonly File[]): string[] {
  return where.flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(
      (match) => `${path}:${lineAt(text, match.index)} ${match[0].trim()}`,
    ),
  )
}

type Node = { type: string; start: number; end: number } & Record<string, unknown>

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodesOf(each)
  else if (value !== null && typeof value === 'object') {
    if (typeof (value as Node).type === 'string') yield value as Node
    for (const each of Object.values(value)) if (typeof each === 'object') yield* nodesOf(each)
  }
}

const parsed = code.map((file) => {
  const { program, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]!.message}`)
  return { ...file, nodes: [...nodesOf(program)] }
})

test('the rules look at the whole program', () => {
  expect(code.length).toBeGreaterThan(30)
  expect(sql.length).toBeGreaterThan(10)
  expect(parsed.every(({ nodes }) => nodes.length > 0)).toBe(true)
})

/** The files of this repository that a file imports, lazily or not. */
function importsOf({ path, nodes }: (typeof parsed)[number]): string[] {
  return nodes.flatMap(({ type, source }) => {
    const value = /^(Import|Export)/.test(type) ? (source as { value?: unknown } | null)?.value : undefined
    if (typeof value !== 'string') return []
    if (value.startsWith('#api/')) return [`src/${value.slice('#api/'.length)}.api.ts`]
    return value.startsWith('.') ? [relative(root, join(root, dirname(path), value))] : []
  })
}

test('screens import contracts, their own console and the shared looks; nothing in a circle', () => {
  const web = new Map(parsed.filter(({ path }) => path.startsWith('web/')).map((f) => [f.path, importsOf(f)]))
  const mayImport = (path: string, target: string) => {
    if (target.startsWith('src/')) return target.endsWith('.api.ts')
    const console = /^web\/(\w+)\//.exec(target)?.[1]
    return console === 'ui' || path.startsWith(`web/${console}/`)
  }
  const strange = [...web].flatMap(([path, targets]) =>
    targets.filter((target) => !mayImport(path, target)).map((target) => `${path} → ${target}`),
  )
  expect(strange).toEqual([])
  const done = new Set<string>()
  const circles: string[] = []
  const follow = (path: string, way: readonly string[]) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
    else if (!done.has(path)) for (const target of web.get(path) ?? []) follow(target, [...way, path])
    done.add(path)
  }
  for (const path of web.keys()) follow(path, [])
  expect(circles).toEqual([])
})

test('files stay under 400 lines', () => {
  const long = [...code, ...sql].map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
  expect(long.filter(({ lines }) => lines > 400)).toEqual([])
})

test('lines stay within 110 columns', () => {
  const wide = [...code, ...sql].flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (line.length > 110 ? [`${path}:${i + 1} ${line.length}`] : [])),
  )
  expect(wide).toEqual([])
})

test('functions fit on a screen: 70 lines, components 120', () => {
  const long = parsed.flatMap(({ path, text, nodes }) =>
    nodes
      .filter(({ type }) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type))
      .map(({ start, end }) => ({
        at: lineAt(text, start),
        lines: text.slice(start, end).split('\n').length,
      }))
      .filter(({ lines }) => lines > (path.endsWith('.tsx') ? 120 : 70))
      .map(({ at, lines }) => `${path}:${at} ${lines} lines`),
  )
  expect(long).toEqual([])
})

test('no file or folder is named for a pattern instead of a thing', () => {
  const whole = /^(utils?|helpers?|common|misc|core|lib|services?|index\.tsx?$)\b/i
  const ending = /-(utils?|helpers?|service|manager|handler|processor|impl)\b/i
  const isVague = (part: string) => whole.test(part) || ending.test(part)
  const named = paths.filter((path) => /^(src|web)\//.test(path))
  expect(named.filter((path) => path.split('/').some(isVague))).toEqual([])
})

test('the suffix is the role, and there are no others', () => {
  const name = '[a-z0-9-]+'
  const roles = ['(\\.(api|sql|routes|command))?(\\.test)?\\.ts', '\\.(nightly|rule)\\.sql', '\\.json']
  const known = new RegExp(`^(README\\.md|${name}(${roles.join('|')}))$`)
  expect(paths.filter((path) => /^src\/.+\//.test(path) && !known.test(basename(path)))).toEqual([])
})

test('time is an argument: domain code and nightly SQL never ask the clock', () => {
  const ours = /new Date\(\)|\bDate\.now\(|Temporal\.Now\b/
  const theirs = /(?<![.\w])now\(\)|\b(current_(date|time|timestamp)|localtime(stamp)?|timeofday)\b|'now'/
  const longer = /\b(clock|statement|transaction)_timestamp\b/i
  const domain = inRooms.filter(({ path }) => !path.startsWith('src/platform/') && /\.(ts|sql)$/.test(path))
  const bare = domain.map((file) => ({ path: file.path, text: withoutComments(file) }))
  expect([ours, theirs, longer].flatMap((clock) => found(clock, bare))).toEqual([])
  // Routes and commands, the edges, take the clock; whatever else needs it is handed it.
  const inner = bare.filter(({ path }) => !/\.(routes|command|test)\.ts$/.test(path))
  expect(found(/\bsystemClock\b/, inner)).toEqual([])
})

/** Table → the module whose migration made it. */
function ownersOf(migrations: readonly File[]): Map<string, string> {
  return new Map(
    migrations.flatMap((file) => {
      const module = /^\d+_([a-z-]+)/.exec(basename(file.path))![1]!
      const made = withoutComments(file).matchAll(/create (?:unlogged )?table (?:if not exists )?"?(\w+)"?/gi)
      return [...made].map(([, table]) => [table!, module] as const)
    }),
  )
}

const writing = [
  /\b(insert into|update|delete from|merge into|truncate(?: table)?)\s+(?:only\s+)?"?(\w+)"?/gi,
  /\b(copy)\s+"?(\w+)"?\s*(?:\([^)]*\))?\s+from\b/gi,
  /\.(insertInto|updateTable|deleteFrom|mergeInto)\('(\w+)'/g,
]

/**
 * What a file writes that belongs to another module. A module may have folders inside; all of them are it.
 */
function trespasses(file: File, owners: ReadonlyMap<string, string>): string[] {
  const modules = dirname(file.path).split('/')
  const text = withoutComments(file)
  return writing
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .filter(([, verb, table]) => {
      const owner = owners.get(table!)
      if (owner === undefined || modules.includes(owner)) return false
      return !(table === 'events' && /^insert/i.test(verb!))
    })
    .map((match) => `${file.path}:${lineAt(text, match.index)} ${match[1]} ${match[2]}`)
}

const migrations = sql.filter(({ path }) => path.startsWith('db/'))

test('every table has one writer: the module its migration is named for', () => {
  const owners = ownersOf(migrations)
  const program = inRooms.filter(({ path }) => /\.(ts|sql)$/.test(path) && !/\.test\.ts$/.test(path))
  expect(program.flatMap((file) => trespasses(file, owners))).toEqual([])
})

test('a write into another module is noticed, whatever the verb', () => {
  const owners = new Map([['loans', 'intake']])
  const at = (path: string, text: string) => trespasses({ path, text }, owners).length
  for (const text of [
    'merge into loans l using news n on (true) when matched then delete',
    'update loans set status = 1',
    'copy loans (a, b) from stdin',
    "db.insertInto('loans')",
  ]) {
    expect(at('src/conduct/stops/stop.sql.ts', text), text).toBe(1)
    expect(at('src/book/intake/tape/load.sql.ts', text), text).toBe(0)
  }
  expect(at('src/conduct/stops/a.nightly.sql', 'select from loans for update; copy loans to stdout')).toBe(0)
})

test('every nightly step is on the list, once, and says what it reads and writes', () => {
  const onDisk = files.filter(({ path }) => path.endsWith('.nightly.sql'))
  expect([...steps].sort()).toEqual(
    onDisk.map(({ path }) => path.slice('src/'.length, -'.nightly.sql'.length)).sort(),
  )
  expect(onDisk.filter(({ text }) => !/^-- reads:.*\bwrites:/m.test(text)).map(({ path }) => path)).toEqual(
    [],
  )
})

test('every module explains itself in a README of at most 60 lines', () => {
  const modules = new Set(
    inRooms.filter(({ path }) => /\.(ts|sql)$/.test(path)).map(({ path }) => moduleOf(path)),
  )
  expect([...modules].filter((module) => !existsSync(join(root, module, 'README.md')))).toEqual([])
  const long = inRooms.filter(
    (file) => file.path.endsWith('.md') && file.text.trimEnd().split('\n').length > 60,
  )
  expect(long.map(({ path }) => path)).toEqual([])
})

/** src/ROOM/MODULE, or src/ROOM for what stands in the room itself. */
const moduleOf = (path: string) => dirname(path).split('/').slice(0, 3).join('/')

test('one word per thing: identifiers use the words of GLOSSARY.md, not their synonyms', () => {
  // The words of its last column that mean one thing only, and nothing else here. A party to a loan may be
  // the debtor; that is the contract's value for it, and a value is not an identifier.
  const synonyms =
    'customer debtor obligor arrears overdue emi haircut waterfall writeoff ptp dunning ' +
    'campaign workflow ticket touchpoint blackout assignee vendor disposition acct'
  const banned = new Set(synonyms.split(' ').flatMap((word) => [word, `${word}s`]))
  const words = (name: string) => name.split(/_|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase())
  const inCode = parsed.flatMap(({ path, text, nodes }) =>
    nodes
      .filter(
        ({ type, name }) =>
          /^(JSX)?Identifier$/.test(type) && words(`${name}`).some((word) => banned.has(word)),
      )
      .map(({ start, name }) => `${path}:${lineAt(text, start)} ${name}`),
  )
  const inSql = sql.flatMap((file) => {
    const text = withoutComments(file).replace(/'(?:[^']|'')*'/g, (literal) => literal.replace(/[^\n]/g, ' '))
    return [...text.matchAll(/\b[a-z_][a-z0-9_]*\b/gi)]
      .filter(([name]) => words(name).some((word) => banned.has(word)))
      .map((match) => `${file.path}:${lineAt(text, match.index)} ${match[0]}`)
  })
  expect([...inCode, ...inSql]).toEqual([])
})

test('the repository names no registry host, no path of one machine and not how it was written', () => {
  const others = files.filter(({ path }) => path !== 'test/tidy.test.ts')
  expect(
    found(
      /\b(registry\.[a-z]+\.[a-z]+|[a-z.]*(npmjs|pythonhosted|pypi|debian|crates)\.(org|com|io|net))\b/,
      others,
    ),
  ).toEqual([])
  expect(found(/(?<![\w.~])\/(work|root|home|Users)\/\w+/, others)).toEqual([])
  expect(
    found(
      /\bco-authored-by\b|\blanguage models?\b|\b(written|generated|made) (by|with) (an? )?AI\b/i,
      others,
    ),
  ).toEqual([])
})
