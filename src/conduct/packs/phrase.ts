/** A phrase that a rule bans from what is written or logged. */
export type BannedPhrase = { rule_id: string; source: string; phrase: string }
export type FoundPhrase = BannedPhrase & { at: number }

/** As it is compared: width, case and runs of spaces do not hide a phrase. */
const flat = (text: string) => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ')
const hasWords = /[a-z]/

/**
 * The banned phrases that stand in a text, by place. Latin phrases count as whole words ("scum", not
 * "scumble"); Chinese ones wherever they stand, spaces between their characters or not.
 */
export function phrasesIn(text: string, banned: readonly BannedPhrase[]): FoundPhrase[] {
  const words = flat(text)
  const characters = words.replaceAll(' ', '')
  const placeOf = (phrase: string) => {
    const wanted = flat(phrase)
    if (!hasWords.test(wanted)) return characters.indexOf(wanted.replaceAll(' ', ''))
    for (let at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + 1)) {
      const around = `${words[at - 1] ?? ' '}${words[at + wanted.length] ?? ' '}`
      if (!/\p{L}/u.test(around)) return at
    }
    return -1
  }
  return banned
    .map((it) => ({ ...it, at: placeOf(it.phrase) }))
    .filter((it) => it.at >= 0)
    .sort((a, b) => a.at - b.at)
}
