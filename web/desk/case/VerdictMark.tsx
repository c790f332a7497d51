import { useTranslation } from 'react-i18next'
import { Mark } from '../../ui/Mark.tsx'
import { useFigures } from '../frame/figures.ts'
import { useClauseWords, useRuleWords } from '../rules.ts'
import { type ChannelVerdict, mayBegin } from './asking.ts'

/** The calendar day where the borrower is, YYYY-MM-DD. */
function todayIn(zone: string | undefined): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return new Intl.DateTimeFormat('en-CA', { ...parts, ...(zone ? { timeZone: zone } : {}) }).format(
    new Date(),
  )
}

/** Allowed, not until a time, or refused: what the server decided, in words. */
export function VerdictMark({ verdict, zone }: { verdict: ChannelVerdict; zone: string | undefined }) {
  const { t } = useTranslation()
  const figures = useFigures()
  if (verdict.allowed) return <Mark verdict="allowed">{t('case.allowed')}</Mark>
  if (mayBegin(verdict)) return <Mark verdict="allowed">{t('case.with_text')}</Mark>
  const next = verdict.next_allowed_at
  if (!next) return <Mark verdict="refused">{t('case.refused')}</Mark>
  // The time is the borrower's own, as the rule told it: today without the day, a later day without the time.
  const day = next.slice(0, 10)
  const when = day === todayIn(zone) && next.length > 10 ? next.slice(11, 16) : figures.day(day)
  return <Mark verdict="wait">{t('case.not_until', { when })}</Mark>
}

/** A day, or a day and a minute, as the rule told it in the borrower's own time. */
export function useLocalMoment() {
  const figures = useFigures()
  return (local: string | null) =>
    local ? `${figures.day(local.slice(0, 10))} ${local.slice(11, 16)}`.trim() : null
}

/** A rule that two debts or two facts break until the same time is told once. */
const once = (found: ChannelVerdict['refusals']) =>
  [...Map.groupBy(found, ({ rule_id, next_allowed_at }) => `${rule_id} ${next_allowed_at}`).values()].map(
    ([first]) => first!,
  )

/** The refusals of one channel: fact, clause, force, and when it ends. */
export function Refusals({ verdict }: { verdict: ChannelVerdict }) {
  const { t } = useTranslation()
  const ruleWords = useRuleWords()
  const clauseWords = useClauseWords()
  const moment = useLocalMoment()
  return (
    <div className="column">
      {once([...verdict.refusals, ...verdict.warnings]).map((refusal) => (
        <div key={`${refusal.rule_id} ${refusal.next_allowed_at}`} className="refusal">
          <div className="spread">
            <Mark verdict={refusal.next_allowed_at ? 'wait' : 'refused'}>
              {ruleWords(refusal.rule_id, refusal.rule)}
            </Mark>
            <span className="small strong figures when">{moment(refusal.next_allowed_at)}</span>
          </div>
          <div className="small soft">
            {clauseWords(refusal)} · {refusal.rule_id} · {refusal.pack_version}
            {refusal.for_counsel ? ` · ${t('case.unconfirmed')}` : ''}
          </div>
        </div>
      ))}
    </div>
  )
}
