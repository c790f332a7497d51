import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { Modal } from 'antd'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BookStatus } from '#api/insight/portfolio/portfolio'
import { ask } from '../../ui/client.ts'
import { useFigures } from './figures.ts'
import { Icon } from './icons.tsx'
import { useKeys, useKeysAfter } from './keys.ts'
import { useNarrow } from './narrow.ts'
import { places } from './places.ts'
import { SearchBox } from './SearchBox.tsx'
import { Self } from './Self.tsx'
import { useHeld } from './session.ts'

/** A key and what it does on this page, as words of the hint bar. */
export type Hint = readonly [key: string, words: string]

type Page = { title: string; hints: readonly Hint[] }
const Pages = createContext<(page: Page) => void>(() => {})

/** A page says its title and its keys. */
export function usePage(title: string, hints: readonly Hint[] = []) {
  const say = useContext(Pages)
  const key = JSON.stringify(hints)
  useEffect(() => {
    document.title = `${title} · Amends`
    say({ title, hints: JSON.parse(key) as Hint[] })
  }, [title, key, say])
}

function Rail() {
  const { t } = useTranslation()
  const held = useHeld()
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <nav className="rail" aria-label={t('frame.places')}>
      <img className="logo" src="/icon.svg" alt="Amends" />
      {places
        .filter(({ permission }) => held(permission))
        .map(({ to, name }) => (
          <Link key={to} to={to} className="place" aria-current={path.startsWith(to) ? 'page' : undefined}>
            <Icon name={name} />
            {t(`places.${name}`)}
          </Link>
        ))}
      {held('book.read') ? (
        <a className="place" href="/api/reference" target="_blank" rel="noreferrer">
          <Icon name="api" />
          {t('places.api')}
        </a>
      ) : null}
      <Self />
    </nav>
  )
}

function Freshness() {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data } = useQuery({
    queryKey: ['book'],
    queryFn: () => ask<BookStatus>('GET', '/book'),
    refetchInterval: 60_000,
  })
  if (!data) return null
  if (!data.tape_as_of) return <span className="end small wait">{t('frame.no_tape')}</span>
  return (
    <span className="end small soft">
      <span>{t('frame.book_of', { day: figures.date(data.tape_as_of) })}</span>
      {data.payments_loaded_at ? (
        <span>{t('frame.payments_to', { time: figures.moment(data.payments_loaded_at) })}</span>
      ) : null}
      {data.night_failed_step ? <span className="wait">{t('frame.night_stopped')}</span> : null}
      {data.held_loads > 0 ? (
        <span className="wait">{t('frame.held', { count: data.held_loads })}</span>
      ) : null}
    </span>
  )
}

function AllKeys({ hints, close }: { hints: readonly Hint[]; close: () => void }) {
  const { t } = useTranslation()
  const everywhere: Hint[] = [
    ['/', t('keys.search')],
    ['G', t('keys.go')],
    ['J', t('keys.down')],
    ['K', t('keys.up')],
    ['Enter', t('keys.open')],
    ['Esc', t('keys.back')],
    ['?', t('keys.all')],
  ]
  return (
    <Modal open title={t('keys.all')} onCancel={close} footer={null} width={420}>
      <table className="figures-table">
        <tbody>
          {[...hints, ...everywhere].map(([key, words]) => (
            <tr key={key + words}>
              <td style={{ width: 90 }}>
                <kbd>{key}</kbd>
              </td>
              <td>{words}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  )
}

function useGo(showKeys: () => void) {
  const navigate = useNavigate()
  const held = useHeld()
  useKeys({ '?': showKeys, '/': () => document.getElementById('search')?.focus() })
  const letters = places
    .filter(({ permission }) => held(permission))
    .map(({ letter, to }) => [letter.toLowerCase(), () => void navigate({ to })])
  useKeysAfter('g', Object.fromEntries(letters))
}

/** The page itself takes the focus: its keys work, arrows scroll it, and Tab goes on from its top. */
const focusPage = () => document.getElementById('page')?.focus({ preventScroll: true })

/** A form that is gone, or a call that is over, takes the focus with it: it goes back to the page. */
export function useFocusBack(asking: boolean) {
  useEffect(() => {
    if (!asking && document.activeElement === document.body) focusPage()
  }, [asking])
}

/** Whoever goes to another place is there with the keyboard, too, and not left on the link that led there. */
function useArrival() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== path) focusPage()
    before.current = path
  }, [path])
}

/** What stands around every page: places, search, how fresh the book is, and the keys. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [page, setPage] = useState<Page>({ title: '', hints: [] })
  const [keysShown, showKeys] = useState(false)
  const say = useMemo(() => setPage, [])
  const narrow = useNarrow()
  useGo(() => showKeys(true))
  useArrival()
  return (
    <Pages.Provider value={say}>
      <div className="desk">
        <Rail />
        <header className="top">
          <h1>{page.title}</h1>
          <SearchBox />
          <Freshness />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a page that scrolls is reached by key. */}
        <main className="page" id="page" tabIndex={0}>
          {narrow ? <p className="note small">{t('states.read_only')}</p> : null}
          {children}
        </main>
        <footer className="hints">
          {page.hints.map(([key, words]) => (
            <span key={key + words}>
              <kbd>{key}</kbd> {words}
            </span>
          ))}
          <button type="button" className="last" onClick={() => showKeys(true)}>
            <kbd>?</kbd> {t('keys.all')}
          </button>
        </footer>
        {keysShown ? <AllKeys hints={page.hints} close={() => showKeys(false)} /> : null}
      </div>
    </Pages.Provider>
  )
}
