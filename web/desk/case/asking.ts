import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { Verdicts as VerdictsShape } from '#api/conduct/verdicts/verdict'
import type { Borrower } from '#api/insight/borrowers/borrower'
import type { NextCase } from '#api/strategy/worklists/worklist'
import { ask, Refusal } from '../../ui/client.ts'
import { useNarrow } from '../frame/narrow.ts'
import { useMay } from '../frame/session.ts'

export type Verdicts = z.infer<typeof VerdictsShape>
export type ChannelVerdict = Verdicts['channels'][number]

/** It may be done as it is, or with a text that is approved for it. */
export const mayBegin = ({ allowed, texts }: ChannelVerdict) => allowed || texts.length > 0

/** What the desk asks for is less what the borrower disputes: no contact of it is about that. */
export const UNDISPUTED = { claim_parts: ['undisputed'] }

export type Person = { staff_id: string; name: string; since: string }

/**
 * Everything about one case, read again whenever something about it changes. `onCall`: what may be done now
 * is not asked while it is being done, for the answer locks the borrower whose outcome is to be written.
 */
export function useCase(borrower_id: string, onCall: boolean) {
  const may = useMay()
  const borrower = useQuery({
    queryKey: ['borrower', borrower_id],
    queryFn: () => ask<Borrower>('GET', `/borrowers/${borrower_id}`, { reason: 'case' }),
  })
  const item = useQuery({
    queryKey: ['item', borrower_id],
    queryFn: () => ask<NextCase>('GET', `/worklists/items/${borrower_id}`),
  })
  const verdicts = useQuery({
    queryKey: ['verdicts', borrower_id],
    queryFn: () => ask<Verdicts>('POST', '/contacts/verdicts', { body: { borrower_id, about: UNDISPUTED } }),
    enabled: may('contacts.write') && !onCall,
    refetchInterval: 60_000,
  })
  return { borrower, item, verdicts }
}

const read = ['borrower', 'item', 'verdicts', 'hours', 'timeline', 'circumstances', 'disputes']

// A write is told to whoever made it twice: by its answer, and by the line on which the case's news come.
const TOGETHER_MS = 150
let waiting: ReturnType<typeof setTimeout> | undefined

/** Asks for everything about a case again, once for whatever comes close together. */
export function useReadAgain(borrower_id: string) {
  const queries = useQueryClient()
  return () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      for (const what of read) void queries.invalidateQueries({ queryKey: [what, borrower_id] })
    }, TOGETHER_MS)
  }
}

/** Takes the case for this collector; answers whether somebody else has it. */
export function useTaking(borrower_id: string): boolean {
  const may = useMay()
  const narrow = useNarrow()
  const works = may('worklist.work') && !narrow
  const [others, setOthers] = useState(false)
  useEffect(() => {
    if (!works) return
    setOthers(false)
    ask('POST', `/worklists/items/${borrower_id}/taking`).catch((error: unknown) =>
      setOthers(error instanceof Refusal && error.refusal === 'case_is_taken'),
    )
  }, [borrower_id, works])
  return others
}

export type Stop = { cause: string; stop_id: string }

/** News of the case as it happens: who else looks at it, and a stop. */
export function useLive(borrower_id: string) {
  const [people, setPeople] = useState<Person[]>([])
  const [stop, setStop] = useState<Stop | null>(null)
  const again = useReadAgain(borrower_id)
  const queries = useQueryClient()
  // biome-ignore lint/correctness/useExhaustiveDependencies: one line for one case, whatever else changes.
  useEffect(() => {
    setStop(null)
    const line = new EventSource(`/api/borrowers/${borrower_id}/live`)
    line.addEventListener('people', (event) => setPeople(JSON.parse(event.data).people))
    line.addEventListener('changed', again)
    line.addEventListener('stop', (event) => {
      setStop(JSON.parse(event.data))
      // A verdict from before the stop is none any more: nothing may be begun until it is given again.
      for (const what of ['verdicts', 'hours']) void queries.resetQueries({ queryKey: [what, borrower_id] })
      again()
    })
    return () => line.close()
  }, [borrower_id])
  return { people, stop }
}
