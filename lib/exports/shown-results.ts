import type { Actor } from '@/db/actor'
import { type ConnectionTile, listConnections, listPublishedTimes } from '@/db/queries/connections'
import type { Snapshot } from '@/db/queries/snapshot'
import { NotFound } from '@/lib/actor'

/**
 * The results that the connections of an organisation show while a list over many of them is exported. That takes long enough for
 * syncs to publish meanwhile, and for a connection to go.
 */
export class ShownResults {
  /** Every result that was shown since: the rows are of these, and the proof tells of each. */
  readonly snapshots: Snapshot[]
  private known: Map<string, ConnectionTile>

  /**
   * @param connections all of the organisation, as their readers see them now
   * @param isOfList which of them the list is about
   */
  constructor(
    private readonly actor: Actor,
    connections: ConnectionTile[],
    private readonly isOfList: (connection: ConnectionTile) => boolean = isConnected,
  ) {
    this.known = toMap(connections)
    this.snapshots = this.list()
  }

  /** The connections that the list is about, in label order, as their readers see them now. */
  list(): ConnectionTile[] {
    return [...this.known.values()].filter(this.isOfList)
  }

  /** One of them; undefined when the list is not about it. */
  get(connectionId: string): ConnectionTile | undefined {
    const connection = this.known.get(connectionId)
    return connection && this.isOfList(connection) ? connection : undefined
  }

  /**
   * Brings up to date what is shown, if a sync has published since. Gives whether something has changed, so that what was read
   * before may be of either result.
   *
   * @throws NotFound when a connection is gone that the list is about: its rows would be missing from then on
   */
  async haveChanged(): Promise<boolean> {
    const times = await listPublishedTimes(this.actor)
    if (times.length === this.known.size && times.every((one) => this.isAsKnown(one))) return false
    const before = this.list()
    const connections = await listConnections(this.actor)
    const changed = connections.filter((one) => this.isOfList(one) && !this.isAsKnown(one))
    this.known = toMap(connections)
    if (before.some(({ id }) => !this.get(id)))
      throw new NotFound('A subscription was disconnected or deleted while it was exported.')
    this.snapshots.push(...changed)
    return true
  }

  private isAsKnown(now: Pick<ConnectionTile, 'id' | 'publishedAt' | 'state'>): boolean {
    const known = this.known.get(now.id)
    return (
      known !== undefined &&
      known.publishedAt?.getTime() === now.publishedAt?.getTime() &&
      isConnected(known) === isConnected(now)
    )
  }
}

const isConnected = ({ state }: Pick<ConnectionTile, 'state'>): boolean => state !== 'disconnected'

const toMap = (connections: ConnectionTile[]) => new Map(connections.map((connection) => [connection.id, connection]))
