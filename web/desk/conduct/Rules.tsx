import { useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { PackRules } from '#api/conduct/packs/pack'
import { ask } from '../../ui/client.ts'
import { Loading } from '../../ui/Loading.tsx'
import { Mark } from '../../ui/Mark.tsx'
import { Problem } from '../frame/Problem.tsx'
import { useRuleWords, useSourceWords } from '../rules.ts'
import { useWordList } from '../word-lists.ts'

// Stars are how a pack's author marks a word; a dash, that there is nothing to set.
const plain = (parameters: string) => (parameters === '–' ? '' : parameters.replaceAll('*', ''))

/** The rules of one pack: clause, force, parameters, and whether counsel must still confirm the reading. */
export function Rules({ pack_version, close }: { pack_version: string; close: () => void }) {
  const { t } = useTranslation()
  const ruleWords = useRuleWords()
  const sourceWords = useSourceWords()
  const parametersInWords = useWordList('parameters')
  const { data, error } = useQuery({
    queryKey: ['rules', pack_version],
    queryFn: () => ask<z.infer<typeof PackRules>>('GET', `/conduct/packs/${pack_version}/rules`),
  })
  return (
    <Modal open title={pack_version} footer={null} onCancel={close} width={1100}>
      <Problem error={error} />
      {!data && !error ? <Loading label={t('states.loading')} /> : null}
      <div className="scrolls" style={{ maxHeight: '70vh' }}>
        <table className="figures-table wraps">
          <thead>
            <tr>
              <th scope="col" style={{ width: '42%' }}>
                {t('conduct.rule')}
              </th>
              <th scope="col" style={{ width: '26%' }}>
                {t('conduct.parameters')}
              </th>
              <th scope="col">{t('conduct.clause_alone')}</th>
              <th scope="col">{t('conduct.force')}</th>
              <th scope="col">{t('conduct.counsel')}</th>
            </tr>
          </thead>
          <tbody>
            {data?.rules.map((rule) => (
              <tr key={rule.rule_id}>
                <th scope="row">
                  {rule.rule_id} <span className="soft">{ruleWords(rule.rule_id, rule.rule)}</span>
                </th>
                <td className="soft">{plain(parametersInWords(rule.parameters))}</td>
                <td className="soft">{sourceWords(rule.source)}</td>
                <td>{t(`force.${rule.force}`)}</td>
                <td>{rule.for_counsel ? <Mark verdict="wait">{t('case.unconfirmed')}</Mark> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  )
}
