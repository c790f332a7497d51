import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { stepSql } from '../../platform/nightly.ts'
import { noteSettingOfThePast } from '../delinquency/correction.sql.ts'
import type { SettingsFile } from './setting.ts'

export type SettingInForce = {
  lender: string
  product: string
  name: string
  effective_from: string
  value: unknown
}

/** Settings that buckets and risk classes are derived by. */
const derivedBy = ['day_origin', 'bucket_edges', 'packs']

/**
 * Writes the settings of a file; the same name, scope and day again is replaced. Where nights have seen the
 * day on which they take effect, the next night derives history anew from there. The number of loans that it
 * will look at.
 */
export async function saveSettings(db: Db, { scope, values }: SettingsFile): Promise<number> {
  const moved: string[] = []
  for (const [name, value] of Object.entries(values)) {
    const { numAffectedRows } = await sql`
      insert into settings (lender, product, name, effective_from, value)
      values (${scope.lender}, ${scope.product}, ${name}, ${scope.effective_from},
              ${JSON.stringify(value)}::jsonb)
      on conflict (lender, product, name, effective_from) do update set value = excluded.value
       where settings.value <> excluded.value
    `.execute(db)
    if (numAffectedRows) moved.push(name)
  }
  await sql.raw(await stepSql('book/delinquency/refresh-edges', scope.effective_from)).execute(db)
  return moved.some((name) => derivedBy.includes(name)) ? noteSettingOfThePast(db, scope) : 0
}

/** What holds on a day: for everybody first, then for each lender and product that has its own. */
export async function settingsOn(db: Db, asOf: string): Promise<SettingInForce[]> {
  const { rows } = await sql<SettingInForce>`
    select distinct on (lender, product, name) lender, product, name, effective_from, value
      from settings
     where effective_from <= ${asOf}
     order by lender, product, name, effective_from desc
  `.execute(db)
  return rows
}
