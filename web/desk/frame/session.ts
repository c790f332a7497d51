import { useQuery } from '@tanstack/react-query'
import type { Me } from '#api/staff/sign-in/sign-in'
import { ask, Refusal } from '../../ui/client.ts'
import { useNarrow } from './narrow.ts'

const TYPED_BY = 'amends.typed_by'

/** What somebody typed about a borrower and did not save is theirs: who comes after them does not find it. */
function keepOwnDrafts({ staff_id }: Me) {
  if (sessionStorage.getItem(TYPED_BY) === staff_id) return
  sessionStorage.clear()
  sessionStorage.setItem(TYPED_BY, staff_id)
}

async function whoIsSignedIn(): Promise<Me | null> {
  try {
    const me = await ask<Me>('GET', '/me')
    keepOwnDrafts(me)
    return me
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return null
    throw error
  }
}

/** Who is signed in; null when nobody is. */
export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: whoIsSignedIn, staleTime: 60_000 })
}

const isReading = (permission: string) => /\.(read|read_all|search|work)$/.test(permission)

/** Whether the person holds a permission, whatever the window: where one may go, also only to read. */
export function useHeld() {
  const { data } = useMe()
  const held = new Set(data?.permissions)
  return (permission: string) => held.has(permission)
}

/** Whether the person may do a thing; the server decides again in any case. A narrow window only reads. */
export function useMay() {
  const held = useHeld()
  const narrow = useNarrow()
  return (permission: string) => held(permission) && (!narrow || isReading(permission))
}
