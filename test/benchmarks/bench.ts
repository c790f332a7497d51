// npm run bench: what a lender's day costs, as ratios to a raw COPY of the same file in the same run.
import { parseArgs } from 'node:util'
import { benchBook } from './book.bench.ts'
import { benchConduct } from './conduct.bench.ts'
import { benchDesk } from './desk.bench.ts'
import { benchResolution } from './resolution.bench.ts'

const { values } = parseArgs({ options: { loans: { type: 'string', default: '1000000' } } })

await benchBook(Number(values.loans))
await benchConduct(Number(values.loans))
await benchResolution(Number(values.loans))
await benchDesk(Number(values.loans))
