import { type Cell, type Cells, textOf } from './table'
import type { PackedFile, Zip } from './zip'

/**
 * The rows of one sheet. Excel shows 1,048,576; what is beyond goes into a further sheet, after whole batches of cells.
 */
export const MOST_ROWS = 1_000_000

/** Characters that a cell may have in Excel. */
const MOST_CHARACTERS = 32_767
const CUT = ' [cut here: the other formats have all of it]'

/** Places in the list of styles. */
const STYLES = { plain: 0, moment: 1, heading: 2 } as const

const HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const SPREADSHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/**
 * A workbook (ECMA-376, SpreadsheetML) as a stream, one sheet after another. Cells are typed, so that no text in them is ever
 * a formula: texts stand in the cells themselves, moments are Excel's days since 1900 with a format, in UTC.
 */
export class Workbook {
  private sheets: string[] = []

  constructor(private readonly zip: Zip) {}

  /** What comes before the sheets. Every other file of the package that ends in `xml` is a sheet. */
  async *begin(): AsyncGenerator<Uint8Array, PackedFile[]> {
    const types = `${HEADER}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Default Extension="json" ContentType="application/json"/><Default Extension="sig" ContentType="application/octet-stream"/><Default Extension="txt" ContentType="text/plain"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/SHA256SUMS" ContentType="text/plain"/></Types>`
    const root = `${HEADER}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`
    return [
      yield* this.zip.add('[Content_Types].xml', encode(types)),
      yield* this.zip.add('_rels/.rels', encode(root)),
      yield* this.zip.add('xl/styles.xml', encode(STYLE_SHEET)),
    ]
  }

  /** A sheet, or several when the rows are more than one holds. */
  async *sheet({ name, columns, rows }: Cells, most = MOST_ROWS): AsyncGenerator<Uint8Array, PackedFile[]> {
    const files: PackedFile[] = []
    const source = rows[Symbol.asyncIterator]()
    let next = await source.next()
    try {
      do {
        this.sheets.push(sheetName(files.length === 0 ? name : `${name} ${files.length + 1}`))
        const content = async function* () {
          yield new TextEncoder().encode(beginSheet(columns))
          let row = 1
          while (!next.done && row <= most) {
            const lines = next.value.map((cells: readonly Cell[]) => {
              row += 1
              return rowXml(row, cells, STYLES.plain)
            })
            yield new TextEncoder().encode(lines.join(''))
            next = await source.next()
          }
          yield new TextEncoder().encode(endSheet(columns.length, row))
        }
        files.push(yield* this.zip.add(`xl/worksheets/sheet${this.sheets.length}.xml`, content()))
      } while (!next.done)
    } finally {
      await source.return?.()
    }
    return files
  }

  /** What says which sheets there are. */
  async *end(): AsyncGenerator<Uint8Array, PackedFile[]> {
    const sheets = this.sheets.map(
      (name, at) => `<sheet name="${escapeXml(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
    )
    const workbook = `${HEADER}<workbook xmlns="${SPREADSHEET}" xmlns:r="${RELATIONS}"><sheets>${sheets.join('')}</sheets></workbook>`
    const targets = this.sheets.map(
      (_, at) =>
        `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
    )
    const styles = `<Relationship Id="rId${this.sheets.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/>`
    const relations = `${HEADER}<Relationships xmlns="${PACKAGE}/relationships">${targets.join('')}${styles}</Relationships>`
    return [
      yield* this.zip.add('xl/workbook.xml', encode(workbook)),
      yield* this.zip.add('xl/_rels/workbook.xml.rels', encode(relations)),
    ]
  }
}

const encode = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]

const STYLE_SHEET = `${HEADER}<styleSheet xmlns="${SPREADSHEET}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`

/** The beginning of a sheet: its heading stays in sight, and its columns are as wide as most of what stands in them. */
function beginSheet(columns: readonly string[]): string {
  const widths = columns.map((_, at) => `<col min="${at + 1}" max="${at + 1}" width="22" customWidth="1"/>`)
  return `${HEADER}<worksheet xmlns="${SPREADSHEET}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>${rowXml(1, columns, STYLES.heading)}`
}

/** The end of a sheet, with a filter over all of its rows. */
const endSheet = (columns: number, rows: number): string =>
  `</sheetData><autoFilter ref="A1:${columnName(columns - 1)}${rows}"/></worksheet>`

const rowXml = (row: number, cells: readonly Cell[], style: number): string =>
  `<row r="${row}">${cells.map((cell, at) => cellXml(`${columnName(at)}${row}`, cell, style)).join('')}</row>`

const DAY_MS = 86_400_000
/** Days from Excel's first one, 30 December 1899 as it counts, to 1 January 1970. */
const DAYS_BEFORE_1970 = 25_569

function cellXml(place: string, cell: Cell, style: number): string {
  if (cell === null) return ''
  const styled = style === STYLES.plain ? '' : ` s="${style}"`
  if (cell instanceof Date)
    return `<c r="${place}" s="${STYLES.moment}"><v>${cell.getTime() / DAY_MS + DAYS_BEFORE_1970}</v></c>`
  if (typeof cell === 'number') return `<c r="${place}"${styled}><v>${cell}</v></c>`
  if (typeof cell === 'boolean') return `<c r="${place}"${styled} t="b"><v>${cell ? 1 : 0}</v></c>`
  const text = textOf(cell)
  if (text === '') return ''
  return `<c r="${place}"${styled} t="inlineStr"><is><t xml:space="preserve">${escapeXml(cut(text))}</t></is></c>`
}

const cut = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : text.slice(0, MOST_CHARACTERS - CUT.length).toWellFormed() + CUT

/** The name of a column, counted from 0: `A`, `Z`, `AA`. */
export function columnName(at: number): string {
  const before = Math.floor(at / 26)
  return (before > 0 ? columnName(before - 1) : '') + String.fromCharCode(65 + (at % 26))
}

/** What XML 1.0 cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
/** Excel reads `_x0041_` in a text as the letter A (ECMA-376, ST_Xstring). */
const EXCEL_ESCAPE = /_(?=x[0-9a-fA-F]{4}_)/g
const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_IN_XML, '\ufffd')
    .replace(EXCEL_ESCAPE, '_x005F_')
    .replace(/[&<>"\r]/g, (one) => ESCAPES[one] ?? one)

/** A name that Excel takes for a sheet: 31 characters, and none of those that it uses in references. */
const sheetName = (name: string): string => name.replace(/[[\]:*?/\\']/g, ' ').slice(0, 31)
