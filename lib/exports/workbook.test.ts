import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cell } from './table'
import { columnName, Workbook } from './workbook'
import { Zip } from './zip'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-workbook-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Writes a workbook with these batches of rows, and reads the texts of its sheets, by name, with a program that is not ours. */
async function readBack(batches: Cell[][][], most?: number): Promise<Record<string, (string | null)[][]>> {
  const zip = new Zip()
  const book = new Workbook(zip)
  async function* rows() {
    yield* batches
  }
  async function* write() {
    yield* book.begin()
    yield* book.sheet({ name: 'Rows', columns: ['a', 'b'], rows: rows() }, most)
    yield* book.end()
    yield zip.end()
  }
  const file = join(folder, 'book.xlsx')
  writeFileSync(file, Buffer.concat(await Array.fromAsync(write())))
  const program = `import zipfile, sys, json, xml.etree.ElementTree as ET
NS = {'m': 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'}
with zipfile.ZipFile(sys.argv[1]) as archive:
    names = [one.get('name') for one in ET.fromstring(archive.read('xl/workbook.xml')).iterfind('m:sheets/m:sheet', NS)]
    sheets = {}
    for at, name in enumerate(names):
        root = ET.fromstring(archive.read('xl/worksheets/sheet%d.xml' % (at + 1)))
        sheets[name] = [[''.join(cell.itertext()) for cell in row.iterfind('m:c', NS)] for row in root.iterfind('m:sheetData/m:row', NS)]
    print(json.dumps(sheets))`
  return JSON.parse(execFileSync('python3', ['-c', program, file], { encoding: 'utf8', maxBuffer: 1e8 }))
}

/** What Excel makes of an escape in a text. */
const readEscapes = (text: string | null | undefined) =>
  text?.replace(/_x([0-9a-fA-F]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))

test('any text that XML can hold comes back as it was, escapes of Excel included', async () => {
  const texts = fc
    .sample(fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 })), 300)
    .concat(['=1+1', '_x0041_', '__x000D__x', ' blank ', 'a\r\nb', '<&>"', '\u0000\ufffe'])
  const { Rows = [] } = await readBack([texts.map((text): Cell[] => [text])])
  const wanted = texts.map((text) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold these
    text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd'),
  )
  expect(Rows.slice(1).map(([text]) => readEscapes(text))).toEqual(wanted)
})

test('rows beyond what a sheet holds go on in further sheets, each with the heading', async () => {
  const batch = (from: number): Cell[][] => [0, 1].map((at) => [from + at, `row ${from + at}`])
  const sheets = await readBack([batch(1), batch(3), batch(5)], 4)
  expect(Object.keys(sheets)).toEqual(['Rows', 'Rows 2'])
  expect(sheets.Rows).toEqual([['a', 'b'], ...['1', '2', '3', '4'].map((at) => [at, `row ${at}`])])
  expect(sheets['Rows 2']).toEqual([
    ['a', 'b'],
    ['5', 'row 5'],
    ['6', 'row 6'],
  ])
})

test('a list without rows is a sheet with its heading, and a text that is too long says that it was cut', async () => {
  expect(await readBack([])).toEqual({ Rows: [['a', 'b']] })
  const [, [long = ''] = []] = (await readBack([[['x'.repeat(40_000)]]])).Rows ?? []
  expect(long).toHaveLength(32_767)
  expect(long).toMatch(/\[cut here: the other formats have all of it\]$/)
})

test('columns are named as spreadsheets do', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA'])
})
