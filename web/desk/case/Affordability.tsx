import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AffordabilityStatement } from '#api/resolution/affordability/affordability'
import { askVersion, Refusal } from '../../ui/client.ts'
import { Field } from '../../ui/Field.tsx'
import { FirstField } from '../../ui/FirstField.tsx'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { decimalOf, digitsOf, minorOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import { type Loan, questions, stateAffordability, type Values } from './deeds.ts'

type Statement = AffordabilityStatement

/** What was stated meanwhile beside what was typed, line by line; nothing is lost before somebody chose. */
function BothVersions({ theirs, mine, loan }: { theirs: Statement; mine: Values; loan: Loan }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const digits = digitsOf(loan.past_due)
  const lineOf = (what: string) => theirs.lines.find((line) => line.what === what)
  const others = theirs.lines.filter((line) => !questions.some(({ what }) => what === line.what))
  const typed = (text: string) => {
    const minor = minorOf(text || '0', digits)
    return minor === null ? text : figures.money(decimalOf(minor, digits), loan.currency)
  }
  const stated = (minor: number) => figures.money(decimalOf(minor, digits), theirs.currency)
  return (
    <table className="figures-table both-versions">
      <thead>
        <tr>
          <th scope="col" aria-label={t('case.line_of')} />
          <th scope="col" className="number">
            {t('case.theirs', { day: figures.day(theirs.stated_on) })}
          </th>
          <th scope="col" className="number">
            {t('case.mine')}
          </th>
        </tr>
      </thead>
      <tbody>
        {questions.map(({ field, what }) => (
          <tr key={field}>
            <th scope="row">{t(`case.means.${field}`)}</th>
            <td className="number">{stated(lineOf(what)?.amount_minor ?? 0)}</td>
            <td className="number strong">{typed(mine[field] ?? '')}</td>
          </tr>
        ))}
        {others.map(({ what, amount_minor }) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td className="number">{stated(amount_minor)}</td>
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Props = { borrower_id: string; loan: Loan; words: string; done: () => void }

/**
 * What comes in and what the household needs, three questions on the phone. Whoever keeps the answers names
 * the version that was read: a statement that came meanwhile is shown beside them.
 */
export function Affordability({ borrower_id, loan, words, done }: Props) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const [mine, setMine] = useState<Values | null>(null)
  const [error, setError] = useState<unknown>(null)
  const stands = useQuery({
    queryKey: ['affordability', borrower_id],
    queryFn: () => askVersion<Statement>(`/borrowers/${borrower_id}/affordability`),
    // Each time it is asked for: the version is of what its reader has just seen.
    staleTime: 0,
    gcTime: 0,
    refetchOnReconnect: false,
  })
  if (stands.error) return <Problem error={stands.error} again={stands.refetch} />
  if (!stands.data) return <Loading label={t('states.loading')} rows={3} />
  const { now, version } = stands.data
  const keep = async (values: Values) => {
    setError(null)
    try {
      await stateAffordability(borrower_id, loan, values, version)
      done()
    } catch (refused) {
      if (!(refused instanceof Refusal) || refused.refusal !== 'changed_meanwhile') return setError(refused)
      await stands.refetch()
      setMine(values)
    }
  }
  const typed = () =>
    Object.fromEntries(
      [...place.current!.querySelectorAll('input')].map(({ name, value }) => [name, value]),
    ) as Values
  if (mine && now) {
    return (
      <FirstField className="result column">
        <div role="alert" className="note">
          <Mark verdict="note">{t('case.stated_meanwhile')}</Mark>
        </div>
        <BothVersions theirs={now} mine={mine} loan={loan} />
        <Problem error={error} />
        <div className="row wrap">
          <Button onClick={done}>{t('case.keep_theirs')}</Button>
          <Button onClick={() => keep(mine)}>{t('case.keep_mine')}</Button>
        </div>
      </FirstField>
    )
  }
  const stood = (what: string) => {
    const line = now?.currency === loan.currency ? now.lines.find((each) => each.what === what) : undefined
    return line ? decimalOf(line.amount_minor, digitsOf(loan.past_due)) : ''
  }
  return (
    <FirstField className="result column">
      {now ? null : <p className="strong">{t('case.can_pay')}</p>}
      <div className="row wrap fields" ref={place}>
        {questions.map(({ field, what }) => (
          <Field
            key={field}
            label={t(`case.${field}`, { currency: loan.currency })}
            name={field}
            inputMode="decimal"
            defaultValue={stood(what)}
          />
        ))}
        <Button onClick={() => keep(typed())}>{words}</Button>
      </div>
      <Problem error={error} />
    </FirstField>
  )
}
