import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Team } from '#api/staff/people/people'
import { ask, Unfinished } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { FirstField } from '../../ui/FirstField.tsx'
import { Problem } from '../frame/Problem.tsx'

type Portfolio = Team['portfolios'][number]

const listed = (text: FormDataEntryValue | null) =>
  `${text ?? ''}`
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

/** The narrower portfolios of the form; one with neither product nor branch is not narrower. */
function portfoliosOf(form: FormData): Portfolio[] {
  const [lenders, products, branches] = ['of_lender', 'product', 'branch'].map((name) =>
    form.getAll(name).map((value) => `${value}`.trim()),
  )
  return lenders!.map((lender, i) => {
    const portfolio = { lender, product: products![i]!, branch: branches![i]! }
    if (!lender || !(portfolio.product || portfolio.branch)) throw new Unfinished('staff.no_portfolio')
    return portfolio
  })
}

/** Parts of a lender's book, each by product, branch or both; whoever has a loan in one is worked. */
function Portfolios({ stand }: { stand: readonly Portfolio[] }) {
  const { t } = useTranslation()
  const [rows, setRows] = useState(() => stand.map((row, key) => ({ ...row, key })))
  const [next, setNext] = useState(rows.length)
  const add = () => {
    setRows([...rows, { lender: '', product: '', branch: '', key: next }])
    setNext(next + 1)
  }
  return (
    <fieldset className="plain column">
      <legend className="soft small">{t('staff.portfolios_how')}</legend>
      {rows.map((row) => {
        const fields = (
          <>
            <Field label={t('portfolio.lender')} name="of_lender" defaultValue={row.lender} required />
            <Field label={t('portfolio.product')} name="product" defaultValue={row.product} />
            <Field label={t('portfolio.branch')} name="branch" defaultValue={row.branch} />
            <Button
              aria-label={t('staff.remove_portfolio', { name: row.lender })}
              onClick={() => setRows(rows.filter(({ key }) => key !== row.key))}
            >
              {t('staff.remove')}
            </Button>
          </>
        )
        // One that was added just now is filled in next.
        return row.key < stand.length ? (
          <div key={row.key} className="portfolio">
            {fields}
          </div>
        ) : (
          <FirstField key={row.key} className="portfolio">
            {fields}
          </FirstField>
        )
      })}
      <div>
        <Button size="small" onClick={add}>
          {t('staff.add_portfolio')}
        </Button>
      </div>
    </fieldset>
  )
}

/** A team's name and whose borrowers it works on. The short name stays as it was made. */
export function TeamForm({ team, close }: { team: Team | null; close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const save = async (form: FormData) => {
    const body = {
      name: form.get('name'),
      lenders: listed(form.get('lenders')),
      portfolios: portfoliosOf(form),
      agency: team ? team.agency : `${form.get('agency')}`.trim() || null,
    }
    const headers: Record<string, string> = team ? { 'if-match': `"${team.version}"` } : {}
    await ask('PUT', `/teams/${team?.team_id ?? form.get('team_id')}`, { body, headers })
    await queries.invalidateQueries({ queryKey: ['teams'] })
    close()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(null)
    save(new FormData(event.currentTarget)).catch(setError)
  }
  return (
    <Dialog title={team?.name ?? t('staff.make_team')} close={close}>
      <form className="column" onSubmit={submit}>
        {team ? null : (
          <Field label={t('staff.team_id')} name="team_id" pattern="[a-z0-9\-]{1,40}" required autoFocus />
        )}
        <Field label={t('staff.team_name')} name="name" defaultValue={team?.name} required />
        {team?.agency ? (
          <p className="soft">{t('staff.agency_team', { agency: team.agency })}</p>
        ) : (
          <>
            <Field label={t('staff.lenders_how')} name="lenders" defaultValue={team?.lenders.join(', ')} />
            <Portfolios stand={team?.portfolios ?? []} />
            {team ? null : <Field label={t('staff.agency_how')} name="agency" />}
          </>
        )}
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t('staff.save')}
        </Button>
      </form>
    </Dialog>
  )
}
