// `npm test`: everything that must hold, each told in words; the last line is the count.
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shared } from './support/shared.ts'

type Counts = { passed: number; failed: number; skipped: number }
type Ended = { status: number; stdout: string; output: string }
type Check = { name: string; words: string[]; judge?: (ended: Ended) => string | null }

const root = join(import.meta.dirname, '..')
const folders = ['src', 'web', 'test'].filter((folder) => existsSync(join(root, folder)))
const packages = join(root, 'node_modules')

const { FORCE_COLOR: _, ...inherited } = process.env
const environment = {
  ...inherited,
  PATH: `${join(packages, '.bin')}:${process.env['PATH']}`,
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
}

/** Runs a program of node_modules/.bin in the repository; its output is kept, or shown as it comes. */
function run([program, ...args]: string[], show = false): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(join(packages, '.bin', program!), args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    const said = { stdout: '', output: '' }
    child.stdout?.on('data', (chunk) => {
      said.stdout += chunk
      said.output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      said.output += chunk
    })
    child.on('error', (error) => done({ ...said, status: 1, output: `${error}` }))
    child.on('close', (status) => done({ ...said, status: status ?? 1 }))
  })
}

type Cruise = {
  modules: { source: string }[]
  summary: { violations: { from: string; to: string; rule: { name: string; severity: string } }[] }
}

/**
 * Without its TypeScript parser dependency-cruiser passes over every file in silence, so the files are
 * counted, too. That parser does not read JSX; test/tidy.test.ts looks at those imports.
 */
function judgeImports({ stdout, output }: Ended): string | null {
  if (!stdout.startsWith('{')) return output
  const { modules, summary } = JSON.parse(stdout) as Cruise
  const seen = new Set(modules.map((module) => module.source))
  const missed = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  ).filter((path) => !seen.has(path))
  const problems = summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
  if (missed.length > 0)
    problems.push(`not looked at (is @swc/core installed?): ${missed.slice(0, 5).join(', ')} …`)
  return problems.length > 0 ? problems.join('\n') : null
}

const checks: Check[] = [
  { name: 'types (tsc)', words: ['tsc', '-p', '.'] },
  { name: 'style (Biome)', words: ['biome', 'check', '--colors=off', '--max-diagnostics=30', '.'] },
  {
    name: 'imports (dependency-cruiser)',
    words: ['depcruise', ...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    judge: judgeImports,
  },
  { name: 'nothing unused (knip)', words: ['knip', '--no-progress'] },
]
if (existsSync(join(root, 'web', 'desk'))) {
  checks.push({ name: 'desk builds (Vite)', words: ['vite', 'build', 'web/desk', '--logLevel', 'warn'] })
}

async function hold({ name, words, judge }: Check): Promise<boolean> {
  const began = performance.now()
  const ended = await run(words)
  const problem = judge
    ? judge(ended)
    : ended.status === 0
      ? null
      : ended.output.trim() || `exit status ${ended.status}`
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (problem === null) console.log(` ✓ ${name} (${seconds} s)`)
  else console.log(` ✗ ${name}: \`${words.join(' ')}\`\n${problem.replace(/^/gm, '     ')}\n`)
  return problem === null
}

type Report = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[]
}

/**
 * Vitest's own report; a file that could not even be read counts as a failure, and so does a run without an
 * end.
 */
function countTests(file: string, status: number): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const broken = report.testResults.filter(
    (result) =>
      result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

async function runTests(files: string[]): Promise<Counts> {
  if (!existsSync(shared('data')))
    console.log(`No real data in ${shared('data')}: tests that need it are skipped.`)
  const folder = mkdtempSync(join(tmpdir(), 'amends-check-'))
  try {
    const report = join(folder, 'report.json')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { status } = await run(['vitest', 'run', ...reporters, ...files], true)
    return countTests(report, status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The tests that work on a database of their own run again on other versions of PostgreSQL; of those that go
 * by HTTP the two that ask every operation and every table, and none of real data: they ask the same SQL as
 * the others, for a long time.
 */
function dataLayer(): string[] {
  const paths = globSync(
    folders.map((folder) => `${folder}/**/*.test.ts`),
    { cwd: root },
  )
  return paths
    .filter((path) => !path.startsWith('test/api/') || /(openapi|tables)\.test\.ts$/.test(path))
    .filter((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return /support\/(database|book)\.ts/.test(text) && !text.includes('support/shared.ts')
    })
    .sort()
}

if (process.argv.includes('--help')) {
  console.log(`Usage: amends check [--data-layer]

Runs everything that must hold: style, types, imports, unused code, the desk's build and all tests. The last
line is the count. What \`npm test\` runs.

  --data-layer  only the tests that work on a database; with DATABASE_URL on the server that it names`)
  process.exit(0)
}
const onlyDataLayer = process.argv.includes('--data-layer')
const held = onlyDataLayer ? [] : await Promise.all(checks.map(hold))
const tests = await runTests(onlyDataLayer ? dataLayer() : [])
const passed = tests.passed + held.filter(Boolean).length
const failed = tests.failed + held.filter((ok) => !ok).length
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed${tests.skipped ? `, ${tests.skipped} skipped` : ''}`)
