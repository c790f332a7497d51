// The command line as a person runs it: a process of its own, with a home of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Server } from '../../src/platform/server.ts'

const root = join(import.meta.dirname, '..', '..')

export type Ran = { status: number | null; stdout: string; stderr: string }

/** A new, empty folder for one test, gone at its end together with the server that may still run in it. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'amends-home-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => {
    new Server(folder).stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Node with arguments, in a folder; DATABASE_URL of the tests is not handed on unless `env` says so. */
export function node(args: string[], env: Record<string, string> = {}): ChildProcess {
  const { DATABASE_URL: _, ...inherited } = process.env
  return spawn(process.execPath, args, {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Waits for a process and gives what it said. */
export function ended(child: ChildProcess): Promise<Ran> {
  const ran: Ran = { status: null, stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (chunk) => (ran.stdout += chunk))
  child.stderr?.setEncoding('utf8').on('data', (chunk) => (ran.stderr += chunk))
  return new Promise((done) => child.on('close', (status) => done({ ...ran, status })))
}

/** `amends ARGS` to its end. */
export const amends = (args: string[], env: Record<string, string>): Promise<Ran> =>
  ended(node(['src/main.ts', ...args], env))
