import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { FoundPhrases } from '#api/conduct/packs/pack'
import { ask } from '../../ui/client.ts'
import { Mark } from '../../ui/Mark.tsx'
import { useSourceWords } from '../rules.ts'

type Found = z.infer<typeof FoundPhrases>['found']

// Long enough not to ask at every key, short enough that the word is still on the screen.
const PAUSE_MS = 350

/** What the rules of these packs ban in a text, asked of the server as it is typed. */
function useWordCheck(text: string, packs: readonly string[]): Found {
  const [found, setFound] = useState<Found>([])
  const asked = packs.join(',')
  useEffect(() => {
    if (text.trim().length < 2 || asked === '') {
      setFound([])
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(() => {
      ask<{ found: Found }>('POST', '/conduct/phrase-checks', {
        body: { text, packs: asked.split(',') },
        signal: stop.signal,
      })
        .then((answer) => setFound(answer.found))
        // Without an answer nothing is known of the words; the server reads them when they are saved.
        .catch(() => setFound([]))
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text, asked])
  return found
}

type Props = {
  name: string
  label: string
  packs: readonly string[]
  value: string
  change: (text: string) => void
}

/** A field for what was said. Words that a rule bans are named under it, with the clause, while one types. */
export function Note({ name, label, packs, value, change }: Props) {
  const { t } = useTranslation()
  const sourceWords = useSourceWords()
  const found = useWordCheck(value, packs)
  const [first] = found
  return (
    <label className="field">
      {label}
      <textarea
        className="plain-input"
        name={name}
        rows={3}
        value={value}
        onChange={(event) => change(event.target.value)}
      />
      <span aria-live="polite">
        {first ? (
          <Mark verdict="wait">
            {t('call.words', {
              phrases: [...new Set(found.map(({ phrase }) => phrase))]
                .map((phrase) => `“${phrase}”`)
                .join(', '),
              clause: `${sourceWords(first.source)}, ${first.rule_id}`,
            })}
          </Mark>
        ) : null}
      </span>
    </label>
  )
}
