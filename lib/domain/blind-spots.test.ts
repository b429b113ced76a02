import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BLIND_SPOTS } from './blind-spots'
import { DATASETS } from './vocabulary'

const DOCUMENT = new URL('../../docs/access.md', import.meta.url)
const MARKED = /(<!-- blind spots: begin -->\n)[\s\S]*?(<!-- blind spots: end -->)/

/** The table of the document as the list says it. */
function tableOfBlindSpots(): string {
  const rows = DATASETS.map((dataset) => {
    const { title, source, misses, never } = BLIND_SPOTS[dataset]
    return `| ${title} | ${source} | ${misses} | ${never ?? ''} |`
  })
  return ['| data | read from | not read, there may be | never seen |', '|---|---|---|---|', ...rows, ''].join('\n')
}

test('the document about access has the blind spots of every kind of data (UPDATE_DOCUMENTS=1 writes them)', () => {
  const text = readFileSync(DOCUMENT, 'utf8')
  const current = text.replace(MARKED, `$1${tableOfBlindSpots()}$2`)
  if (process.env.UPDATE_DOCUMENTS) writeFileSync(DOCUMENT, current)
  else expect(text).toBe(current)
})

test('every blind spot can end the sentence that begins with what may be missing', () => {
  for (const { title, misses, never } of Object.values(BLIND_SPOTS)) {
    expect(title).toMatch(/^[A-Z]/)
    expect(misses).toMatch(/^[a-z].*[^.]$/)
    if (never) expect(never).toMatch(/^[A-Z].*\.$/)
  }
})
