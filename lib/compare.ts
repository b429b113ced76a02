import type { Actor } from '@/db/actor'
import { type Compared, countDifferences, listDifferences } from '@/db/queries/compare'
import type { ConnectionFacts } from '@/db/queries/connections'
import { formatMoment } from '@/lib/domain/as-of'
import type { CompareView } from '@/lib/domain/views'
import { withLease } from '@/lib/leases'
import { findPast, type Past } from './past-result'

export type Shown = Extract<Past, { kind: 'shown' }>

/** The two results that a page compares, the earlier one first; or what keeps one of the moments from being shown. */
export type Compare =
  | { kind: 'shown'; from: Shown; to: Shown }
  | { kind: 'not_shown'; past: Extract<Past, { kind: 'not_shown' }> }
  | { kind: 'nothing_before'; to: Shown }

/**
 * Finds the results of two moments, in whichever order they were asked for. Where the later moment is left out it is now; where
 * the earlier one is, it is the result before the later one.
 */
export async function findCompared(
  actor: Actor,
  connection: ConnectionFacts,
  view: Pick<CompareView, 'from' | 'to'>,
): Promise<Compare> {
  const to = await findPast(actor, connection, view.to || formatMoment(connection.publishedAt ?? connection.now))
  if (to.kind === 'not_shown') return { kind: 'not_shown', past: to }
  const before = view.from || (to.earlier && formatMoment(to.earlier))
  if (!before) return { kind: 'nothing_before', to }
  const from = await findPast(actor, connection, before)
  if (from.kind === 'not_shown') return { kind: 'not_shown', past: from }
  const isInOrder = from.result.publishedAt <= to.result.publishedAt
  return { kind: 'shown', from: isInOrder ? from : to, to: isInOrder ? to : from }
}

/** A page of what differs between two results, and how much does. Throws TooMany while as many are being answered as may be at a time. */
export async function readDifferences(actor: Actor, { from, to }: { from: Shown; to: Shown }, view: CompareView) {
  const [before, after] = [comparedOf(from), comparedOf(to)]
  return withLease('question', actor.memberId, async () => ({
    page: await listDifferences(actor, before, after, view),
    counts: await countDifferences(actor, before, after, view),
  }))
}

const comparedOf = ({ snapshot, result: { coverage } }: Shown): Compared => ({ snapshot, coverage })
