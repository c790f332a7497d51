import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Shape } from './simulation.ts'
import type { DayFiles, WrittenBook } from './write-files.ts'

/** What the thread that writes tells. */
export type Written = { day: DayFiles } | { book: WrittenBook; seconds: number }

/** A book that is being written: its days as they come, and all of it once they have come. */
export type ComingBook = {
  days: AsyncIterable<DayFiles>
  whole(): { book: WrittenBook; seconds: number }
  /** Writes no further; nothing where all is written. */
  stop(): Promise<unknown>
}

/** Writes a book in a thread of its own: on a second core, while what is written already is loaded. */
export function writeBeside(folder: string, shape: Shape): ComingBook {
  const worker = new Worker(new URL('./writing-thread.ts', import.meta.url), {
    workerData: { folder, shape },
  })
  // From now on, for the first days are written before anybody asks for them.
  const messages = on(worker, 'message')
  let whole: { book: WrittenBook; seconds: number } | null = null
  async function* days() {
    for await (const [message] of messages as AsyncIterable<[Written]>) {
      if ('day' in message) yield message.day
      else {
        whole = message
        return
      }
    }
  }
  return {
    days: days(),
    whole: () => {
      if (whole === null) throw new Error(`The book in ${folder} is not written to its end.`)
      return whole
    },
    stop: () => worker.terminate(),
  }
}
