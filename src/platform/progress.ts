import { SingleBar } from 'cli-progress'

export type Bar = { to(done: number, what?: string): void; end(): void }

/** A progress bar on standard error while a person watches; silent when nobody does. */
export function progressBar(title: string, total: number): Bar {
  if (!process.stderr.isTTY) return { to: () => {}, end: () => {} }
  const bar = new SingleBar({
    format: `${title} {bar} {percentage}% {what}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0, { what: '' })
  return { to: (done, what = '') => bar.update(done, { what }), end: () => bar.stop() }
}
