/** What a case tells for its reader: where it comes from, what its source makes of it, what it expects. */
const told =
  /^(id|no|name|source|note|method|expected|peer_\w+)$|^loan\.(principal|disbursed_on|recalculation)$/

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Places of `given` that were not read: they are not in what was made of it, nor told for the reader only. An
 * answer that leaves such a field out of account may not be the one that its author meant.
 */
export function unreadOf(given: unknown, read: unknown, at = ''): string[] {
  if (Array.isArray(given) && Array.isArray(read)) {
    return given.flatMap((one, index) => unreadOf(one, read[index], `${at}[${index}]`))
  }
  if (!isRecord(given) || !isRecord(read)) return []
  return Object.entries(given).flatMap(([name, value]) => {
    const place = at ? `${at}.${name}` : name
    if (told.test(name) || told.test(place)) return []
    return name in read ? unreadOf(value, read[name], place) : [place]
  })
}
