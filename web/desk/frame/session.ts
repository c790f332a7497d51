import { useQuery } from '@tanstack/react-query'
import type { Me } from '#api/staff/sign-in/sign-in'
import { ask, Refusal } from '../../ui/client.ts'
import { useNarrow } from './narrow.ts'

/** Who is signed in; null when nobody is. */
export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: () =>
      ask<Me>('GET', '/me').catch((error: unknown) => {
        if (error instanceof Refusal && error.status === 401) return null
        throw error
      }),
    staleTime: 60_000,
  })
}

const isReading = (permission: string) => /\.(read|read_all|search|work)$/.test(permission)

/** Whether the person may do a thing; the server decides again in any case. A narrow window only reads. */
export function useMay() {
  const { data } = useMe()
  const narrow = useNarrow()
  const held = new Set(data?.permissions)
  return (permission: string) => held.has(permission) && (!narrow || isReading(permission))
}
