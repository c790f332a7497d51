// Names, numbers and places that nobody has: what looks like a person's number fails where a real one passes.
import type { Lender } from './lenders.ts'
import type { Random } from './random.ts'

const list = (text: string): readonly string[] => text.split(' ')

// Plants and birds are no Chinese family names when they have two characters.
const words = {
  cn: {
    family: list('云杉 海棠 银杏 芦苇 石榴 松果 竹叶 枫叶 柑橘 白鹭 翠鸟 蒲公英 薄荷 桂花 浮萍 蓝莓'),
    given: list('晓 明 岚 星 禾 雨 川 墨 棠 远 宁 舟 岑 珂 遥 满'),
    firm: list('纸船 风筝 陶罐 豆灯 木马 石磨 竹筏 铜铃'),
    trade: list('机械厂 物流行 食品厂 商行 学堂 诊所'),
    towns: list('银杏市 海棠市 松果市 白鹭市 芦苇县 石榴县'),
    streets: list('松果路 纸船街 风筝巷 豆灯胡同 竹筏路 铜铃街'),
  },
  tw: {
    family: list('雲杉 海棠 銀杏 蘆葦 石榴 松果 竹葉 楓葉 柑橘 白鷺 翠鳥 蒲公英 薄荷 桂花 浮萍 藍莓'),
    given: list('曉 明 嵐 星 禾 雨 川 墨 棠 遠 寧 舟 岑 珂 遙 滿'),
    firm: list('紙船 風箏 陶罐 豆燈 木馬 石磨 竹筏 銅鈴'),
    trade: list('機械廠 物流行 食品廠 商行 學堂 診所'),
    towns: list('銀杏縣 海棠市 松果鎮 白鷺鎮 蘆葦鄉 石榴鄉'),
    streets: list('松果路 紙船街 風箏巷 豆燈路 竹筏路 銅鈴街'),
  },
  us: {
    family: list('wob glim fen quor tib zan bram plim dor vex snib yar'),
    given: list('zel mir bra quo lum fin tav neb orv pim sul hex'),
    firm: list('Papership Kitewell Claypot Beanlamp Rockinghorse Millstone Raftly Copperbell'),
    trade: list('Mills Freight Foods Stores School Clinic'),
    towns: list('Glimwick Wobbleton Fenbrack Quorley Tibstead Zanmoor'),
    streets: list('Pinecone Kite Lantern Raft Millstone Thimble'),
  },
}
const familyEnds = list('bleton wick thorpe moor brack ley snade worth')
const givenEnds = list('vin dora lo ssa mek rith anda by')

const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1)

/** A person's name: family and given name from lists of words that are no names. */
export function personName(random: Random, pack: Lender['pack']): string {
  const { family, given } = words[pack]
  if (pack !== 'us') return random.pick(family) + random.pick(given) + random.pick(given)
  const first = capital(random.pick(given) + random.pick(givenEnds))
  return `${first} ${capital(random.pick(family) + random.pick(familyEnds))}`
}

const firmOf = (pack: Lender['pack'], number: number): string => {
  const { firm, trade } = words[pack]
  const parts = [firm[number % firm.length]!, trade[Math.floor(number / firm.length) % trade.length]!]
  return parts.join(pack === 'us' ? ' ' : '')
}

/** A firm that borrows. */
export const firmName = (random: Random, pack: Lender['pack']): string =>
  `${firmOf(pack, random.between(0, 47))}${pack === 'us' ? ' No.' : ''} ${random.between(100, 999)}`

/** The lender's employer of that number; firms of different numbers below 48 have different names. */
export const employerName = firmOf

/** An invented house in an invented street. */
export function addressOf(random: Random, pack: Lender['pack']): string {
  const { towns, streets } = words[pack]
  const town = random.pick(towns)
  const street = random.pick(streets)
  const house = random.between(1, 400)
  return pack === 'us'
    ? `${house} ${street} Lane, ${town} 00000`
    : `${town}${street}${house}${pack === 'tw' ? '號' : '号'}`
}

// Area codes by time zone. 555-0100 to 555-0199 is set aside for fiction in each of them.
const areaCodes: Readonly<Record<string, readonly string[]>> = {
  'America/New_York': list(
    '201 202 203 207 212 215 216 239 240 267 301 302 304 305 315 321 330 336 339 347 351 352 386 ' +
      '401 404 407 410 412 413 419 434 440 443 470 475 478 484 508 513 516 518 540 551 561 570 571 ' +
      '585 603 607 609 610 614 617 631 646 667 678 703',
  ),
  'America/Chicago': list(
    '205 210 214 217 218 224 225 228 251 254 256 262 281 309 312 314 316 318 319 320 331 334 337 ' +
      '346 361 402 405 409 414 417 430 432 469 479 501 504 507 512 515 563 573 580 601 608 612 615 ' +
      '618 630 636 651 660 662 682 708 712 713 715',
  ),
  'America/Denver': list('303 307 385 406 435 505 575 719 720 801 970'),
  'America/Phoenix': list('480 520 602 623 928'),
  'America/Los_Angeles': list(
    '206 209 213 253 310 323 360 408 415 424 425 442 503 509 510 530 559 562 619 626 628 650 657 ' +
      '661 669 702 707 714 747',
  ),
}
export const usZones: readonly string[] = Object.keys(areaCodes)

/** Hands out telephone numbers that ring nowhere, each once while the range lasts. */
export class PhoneBook {
  private readonly next = new Map<string, number>()

  /** In the plan of `pack`; American ones with an area code of `zone`. */
  take(pack: Lender['pack'], zone: string): string {
    const range = pack === 'us' ? zone : pack
    const nth = this.next.get(range) ?? 0
    this.next.set(range, nth + 1)
    // Mainland China has not assigned 154, Taiwan not 0999.
    if (pack === 'cn') return `+86154${`${nth}`.padStart(8, '0')}`
    if (pack === 'tw') return `+886999${`${nth % 1e6}`.padStart(6, '0')}`
    const codes = areaCodes[zone]!
    // Few numbers are set aside, so a large book uses them more than once.
    const last = 100 + (Math.floor(nth / codes.length) % 100)
    return `+1${codes[nth % codes.length]}5550${last}`
  }
}

const chineseWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** The check character that a mainland number with these 17 digits has to end with (GB 11643). */
export const chineseCheck = (digits: string): string =>
  '10X98765432'[chineseWeights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11]!

/** The check digit of a Taiwanese number: Z is 33, weights 1, 9, 8 … 1. */
export function taiwaneseCheck(digits: string): number {
  const sum =
    3 + 3 * 9 + [8, 7, 6, 5, 4, 3, 2, 1].reduce((all, weight, i) => all + weight * Number(digits[i]), 0)
  return (10 - (sum % 10)) % 10
}

/** A national number that no register can hold: its check fails, or its area was never given out. */
export function nationalId(pack: Lender['pack'], bornOn: string, number: number): string {
  if (pack === 'cn') {
    const digits = `990000${bornOn.replaceAll('-', '')}${`${number % 1000}`.padStart(3, '0')}`
    const right = chineseCheck(digits)
    return digits + (right === 'X' ? '0' : `${(Number(right) + 1) % 10}`)
  }
  const serial = `${number % 1e7}`.padStart(7, '0')
  if (pack === 'tw') {
    const digits = `1${serial}`
    return `Z${digits}${(taiwaneseCheck(digits) + 1) % 10}`
  }
  return `000-${serial.slice(1, 3)}-${serial.slice(3)}`
}
