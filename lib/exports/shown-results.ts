import type { Actor } from '@/db/actor'
import { listPublishedTimes } from '@/db/queries/connections'
import { listResultsAt } from '@/db/queries/results-at'
import type { Results } from '@/db/queries/results-shown'
import type { Snapshot } from '@/db/queries/snapshot'
import { NotFound } from '@/lib/actor'
import { type AllResults, findAllResults, type ShownConnection } from '@/lib/past-results'

/**
 * The results that the connections of an organisation show while a list over many of them is exported, now or as of a moment. That takes
 * long enough for syncs to publish meanwhile, for a connection to go, and for the history of a moment to be deleted.
 */
export class ShownResults {
  /** Every result that was shown since: the rows are of these, and the proof tells of each. */
  readonly snapshots: Snapshot[]
  /** What the queries of lists over all subscriptions are given. */
  readonly results: Results
  /** The subscriptions of which nothing is shown as of the moment, and why; undefined for now. */
  readonly notShown: { label: string; why: string }[] | undefined
  private known: Map<string, ShownConnection>

  /** @param isOfList which of the connections the list is about */
  constructor(
    private readonly actor: Actor,
    { results, connections, past }: AllResults,
    private readonly isOfList: (connection: ShownConnection) => boolean = isConnected,
  ) {
    this.results = results
    this.notShown = past?.hidden.map(({ label, why }) => ({ label, why }))
    this.known = toMap(connections)
    this.snapshots = this.list().filter(({ notShown }) => notShown === null)
  }

  /** The connections that the list is about, in label order, as their readers see them, now or then. */
  list(): ShownConnection[] {
    return [...this.known.values()].filter(this.isOfList)
  }

  /** One of them; undefined when the list is not about it. */
  get(connectionId: string): ShownConnection | undefined {
    const connection = this.known.get(connectionId)
    return connection && this.isOfList(connection) ? connection : undefined
  }

  /**
   * Brings up to date what is shown, if a sync has published since. Gives whether something has changed, so that what was read
   * before may be of either result. What is shown as of a moment never changes.
   *
   * @throws NotFound when a connection is gone that the list is about: its rows would be missing from then on
   */
  async haveChanged(): Promise<boolean> {
    if (this.results !== 'now') return false
    const times = await listPublishedTimes(this.actor)
    if (times.length === this.known.size && times.every((one) => this.isAsKnown(one))) return false
    const before = this.list()
    const { connections } = await findAllResults(this.actor, '')
    const changed = connections.filter((one) => this.isOfList(one) && !this.isAsKnown(one))
    this.known = toMap(connections)
    if (before.some(({ id }) => !this.get(id)))
      throw new NotFound('A subscription was disconnected or deleted while it was exported.')
    this.snapshots.push(...changed)
    return true
  }

  /**
   * To be asked once everything of a moment was read.
   *
   * @throws NotFound when the history of the moment was deleted meanwhile: rows of it may be missing, so that they must not be signed
   */
  async expectKept(): Promise<void> {
    if (this.results === 'now') return
    const kept = new Map(
      (await listResultsAt(this.actor, this.results.at)).map((one) => [
        one.id,
        one.kind === 'shown' ? one.snapshot.publishedAt : null,
      ]),
    )
    if (this.results.of.some(({ id, publishedAt }) => kept.get(id)?.getTime() !== publishedAt.getTime()))
      throw new NotFound('What was exported was deleted meanwhile.')
  }

  private isAsKnown(now: Pick<ShownConnection, 'id' | 'publishedAt' | 'state'>): boolean {
    const known = this.known.get(now.id)
    return (
      known !== undefined &&
      known.publishedAt?.getTime() === now.publishedAt?.getTime() &&
      isConnected(known) === isConnected(now)
    )
  }
}

const isConnected = ({ state }: Pick<ShownConnection, 'state'>): boolean => state !== 'disconnected'

const toMap = (connections: ShownConnection[]) => new Map(connections.map((connection) => [connection.id, connection]))
