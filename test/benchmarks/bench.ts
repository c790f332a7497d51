// npm run bench: what a lender's day costs, as ratios to a raw COPY of the same file in the same run.
import { parseArgs } from 'node:util'
import { benchBook } from './book.bench.ts'
import { benchConduct } from './conduct.bench.ts'
import { benchDesk } from './desk.bench.ts'
import { benchResolution } from './resolution.bench.ts'

const benches = { book: benchBook, conduct: benchConduct, resolution: benchResolution, desk: benchDesk }
const { values } = parseArgs({
  options: {
    loans: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const loans = Number(values.loans)
const chosen = Object.entries(benches).filter(([name]) => (values.only ?? name) === name)
if (values.help || chosen.length === 0 || !Number.isSafeInteger(loans) || loans < 1) {
  console.log(`Usage: amends bench [--loans N] [--only ${Object.keys(benches).join('|')}]

Makes its own data and prints each figure beside its goal. docs/benchmarks.md says what is measured.

  --loans  how many loans the book has (1,000,000)
  --only   one of the parts; all of them otherwise`)
  process.exit(values.help ? 0 : 2)
}
for (const [, bench] of chosen) await bench(loans)
