// A program of its own, so that it can be killed: loads a lender's files and runs the nights, from the work
// of a given number on, and says when each begins and ends. Arguments: a JSON file with the works, the number
// of the first.
import { readFileSync } from 'node:fs'
import { loadFile } from '../../src/book/intake/load.ts'
import type { kinds } from '../../src/demo/write-files.ts'
import { deploys } from '../../src/deploy.ts'
import { steps } from '../../src/nightly.ts'
import { deployWith, reporting, withDatabase } from '../../src/platform/command.ts'
import { runNight } from '../../src/platform/nightly.ts'

/** A file to load for a day, or, without one, the night of that day. */
export type Work = { as_of: string; file?: string; kind?: (typeof kinds)[number] }

const [file, first] = process.argv.slice(2)
const works = JSON.parse(readFileSync(file!, 'utf8')) as Work[]

deployWith(deploys)
await reporting(true, () =>
  withDatabase(true, async ({ url, clock }) => {
    for (const [i, work] of works.entries()) {
      if (i < Number(first)) continue
      process.stdout.write(`begin ${i}\n`)
      if (work.file) await loadFile(url, clock, { ...work, file: work.file })
      else await runNight(url, steps, work.as_of, clock)
      process.stdout.write(`done ${i}\n`)
    }
  }),
)
