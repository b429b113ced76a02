import type { Actor } from '@/db/actor'
import { getFirstResult, getResultAt, type Result } from '@/db/queries/as-of'
import type { ConnectionFacts } from '@/db/queries/connections'
import type { Published } from '@/db/queries/snapshot'
import { NotFound } from '@/lib/actor'
import { type MomentProblem, parseMoment, problemOfMoment, problemOfResult } from '@/lib/domain/as-of'

/** A result of the past that a page shows, or why the moment cannot be shown. `asked` is the moment as it was asked for. */
export type Past =
  | { kind: 'shown'; asked: string; snapshot: Published; result: Result; earlier: Date | null; later: Date | null }
  | { kind: 'not_shown'; asked: string; problem: MomentProblem }

/**
 * The result that readers of a connection saw at a moment, with when those next to it were published.
 *
 * @param asked as it stands in an address, whatever that is
 */
export async function findPast(actor: Actor, connection: ConnectionFacts, asked: string): Promise<Past> {
  const moment = parseMoment(asked)
  const first = await getFirstResult(actor, connection.id)
  const problem = problemOfMoment(moment, { now: connection.now, first })
  if (problem || !moment) return { kind: 'not_shown', asked, problem: problem ?? problemOfResult('forgotten', null) }
  const found = await getResultAt(actor, connection, moment.at)
  if (found?.kind !== 'found')
    return { kind: 'not_shown', asked, problem: problemOfResult(found?.kind ?? 'forgotten', found?.later ?? null) }
  const { snapshot, run, earlier, later } = found
  return { kind: 'shown', asked, snapshot, result: run, earlier, later }
}

/** A connection as its readers saw it then; without any result where the moment cannot be shown. */
export function connectionAt(connection: ConnectionFacts, past: Past): ConnectionFacts {
  if (past.kind === 'not_shown') return { ...connection, publishedAt: null, publishedRun: null }
  return { ...connection, ...past.snapshot, publishedRun: past.result }
}

/**
 * A connection as its readers saw it at the moment that an address asks for, or as it is now where it asks for none. Throws
 * {@link NotFound} with what is wrong about a moment that cannot be shown.
 */
export async function connectionAskedFor(
  actor: Actor,
  connection: ConnectionFacts,
  at: string,
): Promise<ConnectionFacts> {
  if (at === '') return connection
  const past = await findPast(actor, connection, at)
  if (past.kind === 'not_shown') throw new NotFound(`${past.problem.title}. ${past.problem.sentence}`)
  return connectionAt(connection, past)
}
