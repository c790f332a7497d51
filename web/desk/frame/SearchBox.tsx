import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FoundBorrower } from '#api/insight/borrowers/borrower'
import { ask, query } from '../../ui/client.ts'
import { Problem } from './Problem.tsx'
import { useMay } from './session.ts'

type Found = { rows: FoundBorrower[] }

/** Search by borrower, loan number, name or the end of a phone number. */
export function SearchBox() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [chosen, choose] = useState(0)
  const q = useDeferredValue(text.trim())
  const may = useMay()
  const { data, error } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => ask<Found>('GET', `/borrowers${query({ q })}`, { reason: 'search', signal }),
    enabled: q.length >= 2,
  })
  if (!may('borrowers.search')) return null
  const rows = q.length >= 2 ? (data?.rows ?? []) : []
  const open = (found: FoundBorrower | undefined) => {
    if (!found) return
    setText('')
    document.getElementById('search')?.blur()
    navigate({ to: '/cases/$borrower_id', params: { borrower_id: found.borrower_id } })
  }
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') choose(Math.min(chosen + 1, rows.length - 1))
    else if (event.key === 'ArrowUp') choose(Math.max(chosen - 1, 0))
    else if (event.key === 'Enter') open(rows[chosen])
    else if (event.key === 'Escape') {
      setText('')
      event.currentTarget.blur()
    } else return
    event.preventDefault()
  }
  return (
    <div className="search">
      <input
        id="search"
        role="combobox"
        aria-expanded={rows.length > 0}
        aria-controls="search-found"
        aria-activedescendant={rows[chosen] ? `found-${chosen}` : undefined}
        aria-label={t('search.what')}
        placeholder={t('search.what')}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          choose(0)
        }}
        onKeyDown={pressed}
        autoComplete="off"
      />
      <kbd>/</kbd>
      {q.length >= 2 ? (
        <div
          className="found card"
          id="search-found"
          {...(rows.length > 0 ? { role: 'listbox', 'aria-label': t('search.found') } : {})}
        >
          <Problem error={error} />
          {!data && !error ? (
            <p className="soft small none" role="status">
              {t('search.looking')}
            </p>
          ) : null}
          {rows.map((found, i) => (
            <button
              type="button"
              role="option"
              id={`found-${i}`}
              aria-selected={i === chosen}
              tabIndex={-1}
              key={found.borrower_id}
              onMouseDown={() => open(found)}
            >
              <span className="strong">{found.name ?? found.borrower_no}</span>
              <span className="soft small">
                {found.borrower_no} · {found.lender} · {t(`search.by.${found.matched}`)}
              </span>
            </button>
          ))}
          {data && rows.length === 0 ? <p className="soft small none">{t('search.none')}</p> : null}
        </div>
      ) : null}
    </div>
  )
}
