import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { type AgreementContents, agreementLines, type Language, type Line } from './agreement.ts'

/**
 * The newest way of drawing. A change of looks is a new number; older agreements are drawn by theirs. It is
 * part of the document's id.
 */
export const LAYOUT = 1

const find = createRequire(import.meta.url).resolve
const fonts: Record<Language, string> = {
  en: find('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  'zh-Hans': find('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  'zh-Hant': find('@expo-google-fonts/noto-sans-tc/400Regular/NotoSansTC_400Regular.ttf'),
}

const MARGIN = 56
const BOTTOM = 72
const columns = [0, 60, 170, 270, 370]
const COLUMN_WIDTH = 100

type Page = InstanceType<typeof PDFDocument>

/** Begins a new page when the next line would not stand whole on this one. */
function room(page: Page, height: number): void {
  if (page.y + height > page.page.height - BOTTOM) page.addPage()
}

function drawRow(page: Page, line: Extract<Line, { kind: 'row' }>): void {
  room(page, 18)
  const { y } = page
  page.fontSize(9)
  for (const [index, cell] of line.cells.entries()) {
    const align = index >= 2 ? 'right' : 'left'
    page.text(cell, MARGIN + columns[index]!, y, {
      width: index === 0 ? 60 : COLUMN_WIDTH,
      align,
      lineBreak: false,
    })
  }
  page.y = y + 16
  if (!line.is_head) return
  page
    .moveTo(MARGIN, y + 14)
    .lineTo(page.page.width - MARGIN, y + 14)
    .lineWidth(0.5)
    .stroke()
}

function drawLine(page: Page, line: Line): void {
  switch (line.kind) {
    case 'title':
      page.fontSize(20).text(line.text, MARGIN, page.y).moveDown(0.5)
      break
    case 'heading':
      room(page, 60)
      page.moveDown(0.8).fontSize(13).text(line.text, MARGIN, page.y).moveDown(0.3)
      break
    case 'text':
      room(page, 30)
      page
        .fontSize(10)
        .text(line.text, MARGIN, page.y, { width: page.page.width - 2 * MARGIN })
        .moveDown(0.2)
      break
    case 'row':
      drawRow(page, line)
      break
    case 'signature':
      room(page, 70)
      page.moveDown(2.5)
      page
        .moveTo(MARGIN, page.y)
        .lineTo(MARGIN + 220, page.y)
        .lineWidth(0.5)
        .stroke()
      page
        .moveTo(MARGIN + 260, page.y)
        .lineTo(MARGIN + 400, page.y)
        .stroke()
      page.fontSize(9).text(line.who, MARGIN, page.y + 4, { width: 220, lineBreak: false })
      page.text(line.date, MARGIN + 260, page.y - 12, { width: 140, lineBreak: false })
      break
  }
}

/**
 * Draws an agreement as a PDF. The same contents, language and layout give the same bytes: the document
 * carries the day of the agreement instead of the moment of drawing, and its id comes from what it says.
 */
export async function drawAgreement(
  contents: AgreementContents,
  language: Language,
  layout: number,
): Promise<Buffer> {
  const on = new Date(`${contents.agreed_on}T00:00:00Z`)
  const lines = agreementLines(contents, language)
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    lang: language,
    // What zlib makes of it may differ from one machine to the next; 60 kB as they are.
    compress: false,
    info: {
      Title: (lines[0] as { text: string }).text,
      CreationDate: on,
      ModDate: on,
      Producer: 'Amends',
      Creator: 'Amends',
    },
  })
  // pdfkit takes the file's id from the clock; ours is the digest of what it says.
  const id = createHash('md5')
    .update(JSON.stringify([layout, language, lines]))
    .digest()
  Object.assign(page, { _id: id })
  const done = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = []
    page.on('data', (part: Buffer) => parts.push(part))
    page.on('end', () => resolve(Buffer.concat(parts)))
    page.on('error', reject)
  })
  page.font(fonts[language])
  for (const line of lines) drawLine(page, line)
  page.end()
  return done
}

export const sha256Of = (document: Buffer): string => createHash('sha256').update(document).digest('hex')
