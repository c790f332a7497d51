import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { NextCase } from '#api/strategy/worklists/worklist'
import { ask } from '../../ui/client.ts'
import { useNarrow } from '../frame/narrow.ts'

/** Takes the next case and goes to it; to the list when none is free. */
export function useNext() {
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>(null)
  const narrow = useNarrow()
  const takeNext = async () => {
    if (narrow) return
    await ask<NextCase>('POST', '/worklists/next')
      .then(({ item }) =>
        item
          ? navigate({ to: '/cases/$borrower_id', params: { borrower_id: item.borrower_id } })
          : navigate({ to: '/worklist' }),
      )
      .catch(setError)
  }
  return { takeNext, error }
}
