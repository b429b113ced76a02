import type { Actor } from '@/db/actor'
import { type ConnectionTile, listConnections } from '@/db/queries/connections'
import { type ConnectionAt, getResultTimes, listDeletedSince, listResultsAt } from '@/db/queries/results-at'
import type { Results } from '@/db/queries/results-shown'
import type { Snapshot } from '@/db/queries/snapshot'
import { NotFound } from '@/lib/actor'
import {
  type MomentProblem,
  parseMoment,
  problemOfAll,
  problemOfAsking,
  problemOfResult,
  whyNotShown,
} from '@/lib/domain/as-of'
import { ageNote, connectionStatus } from '@/lib/domain/connection-status'

/** A connection as lists over all subscriptions show it, with the result that they show of it. */
export type ShownConnection = Snapshot &
  Pick<ConnectionTile, 'label' | 'subscriptionId' | 'state' | 'coverage'> & {
    /** How old its data is now, where that matters. */
    note: string | null
    /** Why nothing of it is shown as of a moment, as what follows *because*; null where something is, and now. */
    notShown: string | null
  }

/** Whether a subscription has a result that can be asked: it is connected, was read, and is shown as of the moment. */
export const canBeAsked = ({ state, publishedAt, notShown }: ShownConnection): boolean =>
  state !== 'disconnected' && publishedAt !== null && notShown === null

/** The connected subscriptions of which nothing has been read yet, so that no list and no answer has anything of them. */
export const listNotReadYet = (connections: readonly ShownConnection[]): ShownConnection[] =>
  connections.filter(
    ({ state, publishedAt, notShown }) => state !== 'disconnected' && publishedAt === null && notShown === null,
  )

/** A subscription of which nothing is shown as of a moment, and why; without an id where it is deleted. */
type HiddenSubscription = { id: string | null; label: string; why: string }

/**
 * A moment over all subscriptions, or why it cannot be shown, with those of which nothing is shown. `publishedAt` is when the last of
 * all results by then was published, `asked` is the moment as it was asked for.
 */
export type PastOfAll = { asked: string; hidden: HiddenSubscription[] } & (
  | { kind: 'shown'; publishedAt: Date; earlier: Date | null; later: Date | null }
  | { kind: 'not_shown'; problem: MomentProblem }
)

/** What lists over all subscriptions are made of. `past` is null for now. */
export type AllResults = { results: Results; connections: ShownConnection[]; past: PastOfAll | null }

/**
 * What lists over all subscriptions show, now or as of a moment: of each connection the result that its readers saw last by then. Those
 * of which none can be shown are told apart, so that they never look like access that was taken away.
 *
 * @param asked the moment as it stands in an address, whatever that is; empty for now
 */
export async function findAllResults(actor: Actor, asked: string): Promise<AllResults> {
  if (asked === '') return { results: 'now', connections: (await listConnections(actor)).map(shownNow), past: null }
  const moment = parseMoment(asked)
  const times = await getResultTimes(actor, moment?.at ?? new Date(0))
  const problem = problemOfAsking(moment, times)
  if (problem || !moment || !times.first)
    return nothingShown({ asked, hidden: [], problem: problem ?? problemOfResult('forgotten', null) })

  // A day or a minute that has begun is shown as far as it has come, and what is published meanwhile is not in it.
  const at = new Date(Math.min(moment.at.getTime(), times.now.getTime()))
  const [found, deleted] = await Promise.all([listResultsAt(actor, at), listDeletedSince(actor, at)])
  const reasons = [
    ...found.flatMap((one) => (one.kind === 'not_shown' ? [{ id: one.id, label: one.label, why: one.why }] : [])),
    ...deleted.map(({ label, on }) => ({ id: null, label, why: { kind: 'deleted', on } as const })),
  ]
  const hidden = reasons.map(({ id, label, why }) => ({ id, label, why: whyNotShown(why) }))
  const of = found.flatMap((one) => (one.kind === 'shown' ? [one.snapshot] : []))
  const { first, last, earlier, later, prunedTo } = times
  if (of.length > 0 && last)
    return {
      results: { at, of },
      connections: found.map(shownThen),
      past: { kind: 'shown', asked, hidden, publishedAt: last, earlier, later },
    }
  const whys = reasons.map(({ why }) => why)
  return nothingShown({ asked, hidden, problem: problemOfAll(moment, { first, later, prunedTo }, whys) })
}

/** The same for whoever can only be given something or be refused. Throws {@link NotFound} with what is wrong about the moment. */
export async function allResultsAskedFor(actor: Actor, asked: string): Promise<AllResults> {
  const found = await findAllResults(actor, asked)
  if (found.past?.kind !== 'not_shown') return found
  const { title, sentence } = found.past.problem
  throw new NotFound(`${title}. ${sentence}`)
}

/** Nobody is in no results, so that nothing of now can stand under a moment that cannot be shown. */
const nothingShown = (past: Omit<Extract<PastOfAll, { kind: 'not_shown' }>, 'kind'>): AllResults => ({
  results: { at: new Date(0), of: [] },
  connections: [],
  past: { kind: 'not_shown', ...past },
})

const shownNow = (tile: ConnectionTile): ShownConnection => ({
  ...tile,
  note: ageNote(connectionStatus(tile)),
  notShown: null,
})

/** What is shown as of a moment was connected then, whatever has become of it. */
function shownThen(one: ConnectionAt): ShownConnection {
  const named = {
    id: one.id,
    label: one.label,
    subscriptionId: one.subscriptionId,
    state: 'active',
    note: null,
  } as const
  if (one.kind === 'shown') return { ...named, ...one.snapshot, coverage: one.coverage, notShown: null }
  const nothing = { publishedAt: null, accountId: null, nodeIds: [], eligibleRead: false, coverage: null }
  return { ...named, ...nothing, notShown: whyNotShown(one.why) }
}
