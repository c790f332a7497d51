import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// The script and styles that a browser needs before it shows the first page, gzipped.
const FIRST_LOAD_BYTES_MAX = 350_000

type Words = { [key: string]: string | Words }

const leaves = (words: Words, before = ''): string[] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${before}${key}`] : leaves(value, `${before}${key}.`),
  )

const wordsOf = (language: string): Words =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'words', `${language}.json`), 'utf8'))

/**
 * Every key that a page names in full. Those that are put together from a value of the server are not seen
 * here.
 */
const keysInUse = () =>
  globSync('**/*.{ts,tsx}', { cwd: import.meta.dirname }).flatMap((path) =>
    [...readFileSync(join(import.meta.dirname, path), 'utf8').matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(
      ([, key]) => key!,
    ),
  )

type PackFile = { pack: string; rules: { id: string; parameters: string; says?: string }[] }

/** What each rule of the packs says, is set to, and wants said, must have words in every language. */
function ruleWordsMissing(language: string): string[] {
  const packs = globSync('../../src/conduct/packs/*.json', { cwd: import.meta.dirname }).map(
    (path) => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')) as PackFile,
  )
  const there = new Set(Object.keys(wordsOf(`rules.${language}`)))
  const needed = packs.flatMap(({ rules }) =>
    rules.flatMap(({ id, ...rule }) => [
      id,
      ...(JSON.stringify(rule).includes('"says":') ? [`says ${id}`] : []),
      ...(JSON.stringify(rule).includes('"says_later":') ? [`later ${id}`] : []),
    ]),
  )
  const parameters = wordsOf(`parameters.${language}`)
  const set = new Set(packs.flatMap(({ rules }) => rules.map((rule) => rule.parameters)))
  return [
    ...[...set].filter((each) => each !== '–' && !parameters[each]).map((each) => `parameters: ${each}`),
    ...needed.filter((key) => !there.has(key)).map((key) => `rules.${language}: ${key}`),
    ...packs
      .filter(({ pack }) => !leaves(wordsOf(language)).includes(`packs.${pack}`))
      .map(({ pack }) => `${language}: packs.${pack}`),
  ]
}

/** Each step of the night must have words, and no words may stay of a step that is gone. */
function stepWordsAmiss(language: string): string[] {
  const list = readFileSync(join(import.meta.dirname, '../../src/nightly.ts'), 'utf8')
  const steps = new Set([...list.matchAll(/^ {2}'([\w/-]+)',$/gm)].map(([, step]) => step!))
  const there = new Set(Object.keys(wordsOf(`steps.${language}`)))
  const amiss = [...steps.symmetricDifference(there)]
  return (steps.size === 0 ? ['no step found'] : amiss).map((step) => `steps.${language}: ${step}`)
}

/** Fails the build when a language lacks a key that another has, or a page uses one that none has. */
function wholeWords(): Plugin {
  return {
    name: 'whole-words',
    buildStart() {
      const steps = ['en', 'zh-Hans', 'zh-Hant'].flatMap(stepWordsAmiss)
      if (steps.length > 0) this.error(`Words of the night are missing or left over:\n${steps.join('\n')}`)
      // English counts one and many; Chinese does not.
      const plain = (keys: string[]) => new Set(keys.map((key) => key.replace(/_(one|other)$/, '')))
      const english = plain(leaves(wordsOf('en')))
      for (const language of ['zh-Hans', 'zh-Hant']) {
        const there = plain(leaves(wordsOf(language)))
        const missing = [
          ...[...english].filter((key) => !there.has(key)).map((key) => `${language}: ${key}`),
          ...[...there].filter((key) => !english.has(key)).map((key) => `en: ${key}`),
          ...ruleWordsMissing(language),
        ]
        if (missing.length > 0) this.error(`Words are missing:\n${missing.join('\n')}`)
      }
      const unknown = keysInUse().filter((key) => !english.has(key))
      if (unknown.length > 0) this.error(`Words are used that no language has:\n${unknown.join('\n')}`)
    },
  }
}

/** Writes .br and .gz beside each file, and fails the build when the first load is too heavy. */
function compressed(): Plugin {
  let folder = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    writeBundle(_, bundle) {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|json|svg)$/.test(name)) continue
        const body = readFileSync(join(folder, name))
        writeFileSync(join(folder, `${name}.gz`), gzipSync(body, { level: 9 }))
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(body, { params }))
      }
      const first = firstLoad(bundle)
      const bytes = first.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0)
      this.info(
        `First load: ${bytes} bytes gzipped in ${first.length} files, ${FIRST_LOAD_BYTES_MAX} allowed`,
      )
      writeFileSync(
        join(folder, 'first-load.json'),
        JSON.stringify({ bytes, max: FIRST_LOAD_BYTES_MAX, files: first }),
      )
      if (bytes > FIRST_LOAD_BYTES_MAX) this.error(`The first load is ${bytes} bytes gzipped: too heavy.`)
    },
  }
}

type Bundle = Parameters<Extract<NonNullable<Plugin['writeBundle']>, (...args: never[]) => unknown>>[1]

/** Entry chunks with all that they import before they run. */
function firstLoad(bundle: Bundle): string[] {
  const found = new Set<string>()
  const add = (name: string) => {
    const chunk = bundle[name]
    if (found.has(name) || chunk?.type !== 'chunk') return
    found.add(name)
    for (const other of chunk.imports) add(other)
  }
  for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) add(chunk.fileName)
  return [...found]
}

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../dist/desk',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    // The desk's security policy lets nothing load but its own files: a font inside a style would be refused.
    assetsInlineLimit: 0,
  },
  plugins: [react(), wholeWords(), compressed()],
})
