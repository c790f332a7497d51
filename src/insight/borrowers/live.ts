import type pg from 'pg'
import { openClient } from '../../platform/database.ts'

/** Somebody who looks at a case at this moment. */
export type Onlooker = { staff_id: string; name: string; since: string }

/** What a case that is open on a screen is told. */
export type News =
  | { kind: 'people'; people: Onlooker[] }
  | { kind: 'stop'; cause: string; stop_id: string }
  | { kind: 'changed' }

type Listener = { who: Onlooker; tell: (news: News) => void }

// The channel of src/conduct/stops; a notice arrives when the transaction that stops commits.
const STOPS = 'stops'

/**
 * Who looks at which case, and the stops that the database announces. One connection listens for all screens
 * of this program; it is opened with the first screen and opened again when it breaks.
 */
export class Live {
  private readonly url: string
  private readonly screens = new Map<string, Set<Listener>>()
  private client: Promise<pg.Client> | null = null

  constructor(url: string) {
    this.url = url
  }

  /** Shows a screen the news of one case until the function that this answers is called. */
  async open(borrower_id: string, listener: Listener): Promise<() => void> {
    await this.listening()
    const here = this.screens.get(borrower_id) ?? new Set()
    this.screens.set(borrower_id, here.add(listener))
    this.tellPeople(borrower_id)
    return () => {
      here.delete(listener)
      if (here.size === 0) this.screens.delete(borrower_id)
      else this.tellPeople(borrower_id)
    }
  }

  /** Something about a borrower was written: whoever looks reads it again. */
  changed(borrower_id: string) {
    this.tell(borrower_id, { kind: 'changed' })
  }

  async close() {
    const open = this.client
    this.client = null
    if (open) await (await open).end()
  }

  private tell(borrower_id: string, news: News) {
    for (const { tell } of this.screens.get(borrower_id) ?? []) tell(news)
  }

  private tellPeople(borrower_id: string) {
    const people = new Map([...(this.screens.get(borrower_id) ?? [])].map(({ who }) => [who.staff_id, who]))
    this.tell(borrower_id, { kind: 'people', people: [...people.values()] })
  }

  private listening(): Promise<pg.Client> {
    this.client ??= this.listen()
    return this.client
  }

  private async listen(): Promise<pg.Client> {
    const client = await openClient(this.url)
    client.on('notification', ({ payload }) => {
      const { borrower_id, cause, stop_id } = JSON.parse(payload ?? '{}') as Record<string, string>
      if (borrower_id) this.tell(borrower_id, { kind: 'stop', cause: cause ?? '', stop_id: stop_id ?? '' })
    })
    client.on('end', () => {
      if (this.client !== null) this.client = null
    })
    await client.query(`listen ${STOPS}`)
    return client
  }
}
