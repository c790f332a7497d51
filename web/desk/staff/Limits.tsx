import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuthorityLimits } from '#api/staff/people/people'
import { Card } from '../../ui/Card.tsx'
import { ask } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'

const kinds = ['settlement', 'waiver', 'plan_months'] as const
type Limit = AuthorityLimits['rows'][number]

function Row({ limit }: { limit: Limit }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const most =
    limit.what === 'plan_months'
      ? t('staff.months', { count: limit.limit_units })
      : `${figures.count(limit.limit_units)} ${limit.currency || t('staff.any_currency')}`
  return (
    <tr>
      <th scope="row">{t(`staff.limit_of.${limit.what}`)}</th>
      <td className="number strong">{most}</td>
      <td className="soft">
        {limit.to_on
          ? t('staff.from_to', { from: figures.date(limit.from_on), to: figures.date(limit.to_on) })
          : t('staff.from_on', { from: figures.date(limit.from_on) })}
      </td>
    </tr>
  )
}

/** What a member may give up at most: narrower than the role's authority, never wider. */
export function Limits({ staff_id, today }: { staff_id: string; today: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [what, setWhat] = useState<(typeof kinds)[number]>('settlement')
  const [refused, setRefused] = useState<unknown>(null)
  const path = `/staff/${staff_id}/authority-limits`
  const { data, error, refetch } = useQuery({
    queryKey: ['limits', staff_id],
    queryFn: () => ask<AuthorityLimits>('GET', path),
  })
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { currency, most, from_on } = Object.fromEntries(new FormData(event.currentTarget))
    const body = { what, limit_units: Number(most), from_on, currency: `${currency ?? ''}`.toUpperCase() }
    setRefused(null)
    const headers: Record<string, string> = data?.rows.length ? { 'if-match': `"${data.version}"` } : {}
    ask('POST', path, { body, headers })
      .then(() => queries.invalidateQueries({ queryKey: ['limits', staff_id] }))
      .catch(setRefused)
  }
  return (
    <Card title={t('staff.limits')} aside={t('staff.limits_how')} flush>
      <Problem error={error} again={refetch} />
      {!data && !error ? <Loading label={t('states.loading')} rows={2} /> : null}
      {data && data.rows.length > 0 ? (
        <table className="figures-table">
          <tbody>
            {data.rows.map((limit) => (
              <Row key={`${limit.what} ${limit.currency} ${limit.from_on}`} limit={limit} />
            ))}
          </tbody>
        </table>
      ) : null}
      {data && data.rows.length === 0 ? <p className="soft body-text">{t('staff.no_limits')}</p> : null}
      <form className="row wrap fields body-text" onSubmit={give}>
        <label className="field">
          {t('staff.limit_what')}
          <select
            className="plain-select"
            name="what"
            value={what}
            onChange={(event) => setWhat(event.target.value as typeof what)}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`staff.limit_of.${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <Field
          label={what === 'plan_months' ? t('staff.most_months') : t('staff.most')}
          name="most"
          type="number"
          min={0}
          required
        />
        {what === 'plan_months' ? null : (
          <Field label={t('staff.limit_currency')} name="currency" pattern="[A-Za-z]{3}" maxLength={3} />
        )}
        <Field label={t('staff.limit_from')} name="from_on" type="date" defaultValue={today} required />
        <Button htmlType="submit" style={{ alignSelf: 'flex-end' }}>
          {t('staff.give_limit')}
        </Button>
        <Problem error={refused} />
      </form>
    </Card>
  )
}
