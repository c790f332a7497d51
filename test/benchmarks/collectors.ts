// Collectors at work, in a process of their own beside the server: what they wait for is measured here.
import { setTimeout as pause } from 'node:timers/promises'

export type Times = Record<'next' | 'search' | 'case' | 'leave', number[]>
export type Work = { address: string; cookies: string[]; seconds: number; warm_up_seconds: number }
export type Worked = { times: Times; wrong: number; first_wrong: string | null }

const THINKING_MS = 1_000

/** One collector: next case, the case itself, a search, a second of work, and on. */
async function collect(work: Work, cookie: string, from: number, until: number, worked: Worked) {
  const ask = async (what: keyof Times, method: string, path: string, body?: unknown) => {
    const began = performance.now()
    const response = await fetch(`${work.address}/api${path}`, {
      method,
      headers: {
        ...{ cookie, origin: work.address, 'amends-reason': 'bench' },
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    if (began >= from) worked.times[what].push(performance.now() - began)
    if (!response.ok) {
      worked.wrong++
      worked.first_wrong ??= `${method} ${path}: ${response.status} ${text}`
    }
    return JSON.parse(text) as { item?: { borrower_id: string } | null }
  }
  await pause(Math.random() * THINKING_MS)
  while (performance.now() < until) {
    const { item } = await ask('next', 'POST', '/worklists/next')
    if (!item) throw new Error('The worklist ran out before the time did.')
    await ask('case', 'GET', `/borrowers/${item.borrower_id}`)
    const no = String(Math.floor(Math.random() * 900_000)).padStart(9, '0')
    await ask('search', 'GET', `/borrowers?q=B${no}`)
    await pause(THINKING_MS)
    const left = { how: 'worked', reason: 'bench' }
    await ask('leave', 'POST', `/worklists/items/${item.borrower_id}/leaving`, left)
  }
}

process.once('message', async (work: Work) => {
  const worked: Worked = {
    times: { next: [], search: [], case: [], leave: [] },
    wrong: 0,
    first_wrong: null,
  }
  const from = performance.now() + work.warm_up_seconds * 1_000
  const until = from + work.seconds * 1_000
  await Promise.all(work.cookies.map((cookie) => collect(work, cookie, from, until, worked)))
  process.send!(worked, () => process.exit(0))
})
