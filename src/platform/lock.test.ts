import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, ended, node } from '../../test/support/amends.ts'
import { take } from './lock.ts'

test('many share a lock; one alone keeps everybody out', () => {
  const file = join(emptyFolder(), 'lock')
  const first = take(file, 'shared')!
  const second = take(file, 'shared')!
  expect(take(file, 'alone')).toBeNull()
  first()
  expect(take(file, 'alone')).toBeNull()
  second()
  const alone = take(file, 'alone')!
  expect(take(file, 'shared')).toBeNull()
  expect(take(file, 'alone')).toBeNull()
  alone()
  take(file, 'alone')!()
})

test('a lock ends with the process that holds it, even one that is killed', async () => {
  const file = join(emptyFolder(), 'lock')
  const holder = node([
    '--input-type=module',
    '-e',
    `const { take } = await import('./src/platform/lock.ts')
     take(${JSON.stringify(file)}, 'alone'); console.log('held'); setInterval(() => {}, 1000)`,
  ])
  const end = ended(holder)
  await new Promise((told) => holder.stdout!.once('data', told))
  expect(take(file, 'shared')).toBeNull()
  holder.kill('SIGKILL')
  await end
  take(file, 'alone')!()
})
