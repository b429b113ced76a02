import type { Pool } from 'pg'
import { analyseStatement, countBuffers, countRowsRead, recordStatements } from '@/testing/statement-plans'
import type { Question } from './million-questions'

const LONGEST_MS = 5_000 // what has taken so long, even the first time, is not asked again

/**
 * Asks a question several times, after once to warm up, and gives a figure: the median of its times, and the rows and the pages of the
 * database that its statements read. A question that fails, because it takes too long, is a figure as well.
 */
export async function measureQuestion(
  pool: Pool,
  organisationId: string,
  { name, aimMs, ask }: Question,
  times: number,
) {
  const figure = { bench: 'million', question: name, aimMs }
  const measured: number[] = []
  try {
    const started = performance.now()
    const statements = await recordStatements(ask)
    const firstMs = performance.now() - started
    if (firstMs > LONGEST_MS) measured.push(firstMs)
    for (let time = 0; time < times && measured.reduce((sum, ms) => sum + ms, 0) < LONGEST_MS; time += 1) {
      const began = performance.now()
      await ask()
      measured.push(performance.now() - began)
    }
    const median = measured.toSorted((one, other) => one - other)[Math.floor(measured.length / 2)] ?? 0
    let [rowsRead, buffers] = [0, 0]
    for (const statement of statements) {
      const plan = await analyseStatement(pool, organisationId, statement)
      rowsRead += countRowsRead(plan)
      buffers += countBuffers(plan)
    }
    return { ...figure, medianMs: Math.round(median), statements: statements.length, rowsRead, buffers }
  } catch (error) {
    return { ...figure, failed: String(error instanceof Error && error.cause ? error.cause : error) }
  }
}
