import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import { stepSql } from '../../platform/nightly.ts'
import type { SettingsFile } from './setting.ts'

export type SettingInForce = {
  lender: string
  product: string
  name: string
  effective_from: string
  value: unknown
}

/** Writes the settings of a file; the same name, scope and day again is replaced. */
export async function saveSettings(db: Db, { scope, values }: SettingsFile): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await sql`
      insert into settings (lender, product, name, effective_from, value)
      values (${scope.lender}, ${scope.product}, ${name}, ${scope.effective_from},
              ${JSON.stringify(value)}::jsonb)
      on conflict (lender, product, name, effective_from) do update set value = excluded.value
    `.execute(db)
  }
  await sql.raw(await stepSql('book/delinquency/refresh-edges', scope.effective_from)).execute(db)
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
