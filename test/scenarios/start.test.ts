// One home, one desk: it serves, a second is turned away, and stop or Ctrl-C ends it with its database.
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { amends, emptyFolder, ended, node } from '../support/amends.ts'

const databaseRuns = (home: string) => existsSync(join(home, 'database', 'postmaster.pid'))

/** Starts a desk and waits for the address that it tells. */
async function startDesk(
  home: string,
  ...more: string[]
): Promise<{ desk: ChildProcess; address: string; line: string }> {
  const desk = node(['src/main.ts', 'start', '--empty', '--port', '0', ...more], { AMENDS_HOME: home })
  const end = ended(desk)
  const [line, address] = await new Promise<[string, string]>((told, failed) => {
    createInterface({ input: desk.stdout! }).on('line', (line) => {
      const found = /http:\/\/[^\s"]+/.exec(line)
      if (found) told([line, found[0]])
    })
    void end.then(({ stderr }) => failed(new Error(`The desk ended: ${stderr}`)))
  })
  return { desk, address, line }
}

// The first start builds the desk when that has not been done since its sources changed.
test('start serves; a second is refused; stop ends it; it starts again', { timeout: 240_000 }, async () => {
  const home = emptyFolder()
  const { desk, address } = await startDesk(home)
  const end = ended(desk)
  expect((await fetch(address)).status).toBe(200)
  const second = await amends(['start', '--port', '0'], { AMENDS_HOME: home })
  expect(second.status).toBe(1)
  expect(second.stderr).toContain(`Amends already runs on this home (process ${desk.pid}, ${address})`)
  // A command meanwhile uses the server that start runs, and leaves it running.
  expect((await amends(['migrate'], { AMENDS_HOME: home })).status).toBe(0)
  expect((await fetch(address)).status).toBe(200)
  const ahead = await amends(['report', 'buckets', '--as-of', '2199-01-01', '--json'], { AMENDS_HOME: home })
  expect([ahead.stdout, JSON.parse(ahead.stderr).refusal]).toEqual(['', 'as_of_is_in_the_future'])
  const stop = await amends(['stop', '--json'], { AMENDS_HOME: home })
  expect(JSON.parse(stop.stdout)).toEqual({ stopped: true })
  expect((await end).status).toBe(0)
  expect(databaseRuns(home)).toBe(false)

  const again = await startDesk(home, '--json')
  const over = ended(again.desk)
  expect(JSON.parse(again.line)).toMatchObject({ address: again.address, process: again.desk.pid })
  expect((await fetch(again.address)).status).toBe(200)
  again.desk.kill('SIGINT')
  expect((await over).status).toBe(0)
  expect(databaseRuns(home)).toBe(false)
})

test('a command that needs no desk reads none: neither its routes nor the sign-in’s libraries', async () => {
  const telling = `
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      const found = next(name, context)
      // Of what else there is, more would be told than a program that ends still writes.
      const other = /node_modules.(?!better-auth|graphile-worker)/.test(found.url)
      if (!other) process.stderr.write(found.url + '\\n')
      return found
    } })`
  const hook = `data:text/javascript,${encodeURIComponent(telling)}`
  const help = await ended(node(['--import', hook, 'src/main.ts', 'night', '--help']))
  expect(help.stdout).toContain('Usage: amends night')
  expect(help.stderr).toContain('src/platform/night.command.ts')
  expect(help.stderr).not.toMatch(/src\/api\.ts|\/better-auth\/|\/graphile-worker\//)
})
