import type { Actor } from '@/db/actor'
import { getConnection, listConnections } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { listMembers } from '@/db/queries/organisation'
import { listPeople } from '@/db/queries/people'
import { getPersonAccess } from '@/db/queries/person-access'
import { listRuns } from '@/db/queries/runs'
import { NotFound } from '@/lib/actor'
import { beginReconnect } from '@/lib/connections/attempts'
import { disconnect } from '@/lib/connections/disconnect'
import { renameConnection } from '@/lib/connections/manage'
import { requestSync } from '@/lib/sync/request-sync'
import type { TestTenant } from '@/testing/rolecall'
import { CANARY, type Neighbour } from './chaos-world'
import { readAsPagesDo, readExport } from './readers'

const EVERYBODY = { search: '', status: null, direction: 'asc', cursor: null } as const

/** All that an organisation's pages show, as one text. */
async function readEverything(actor: Actor): Promise<string> {
  const tiles = await listConnections(actor)
  const parts: unknown[] = [tiles, await listPeople(actor, 'now', EVERYBODY, 1_000), await listMembers(actor)]
  for (const { id } of tiles) {
    const connection = await getConnection(actor, id)
    if (!connection) continue
    parts.push(await listRuns(actor, id, null))
    for (const who of ['people', 'others', 'groups'] as const)
      parts.push(await listHolders(actor, connection, { ...ALL_PEOPLE, who }, 1_000))
  }
  return JSON.stringify(parts)
}

/** What the neighbour's own pages show: compared before and after whatever is done to others. */
export const readNeighbour = async ({ tenant, connectionId }: Neighbour): Promise<string> =>
  (await readAsPagesDo(tenant.owner, connectionId))?.text ?? 'nothing'

/**
 * Sentences about each thing that one organisation sees or can do of another: the neighbour's names among ours, or our
 * connection by its right id for the neighbour.
 */
export async function findLeaks(
  tenant: TestTenant,
  connectionId: string | null,
  neighbour: Neighbour,
): Promise<string[]> {
  const found: string[] = []
  const ours = await readEverything(tenant.owner)
  for (const mark of [CANARY, neighbour.tenant.tenantId, neighbour.tenant.subscription.id, neighbour.connectionId])
    if (ours.includes(mark)) found.push(`Our pages show ${mark} of another organisation.`)
  if (!connectionId) return found

  const stranger = neighbour.tenant.owner
  const connection = await getConnection(tenant.owner, connectionId)
  if (await getConnection(stranger, connectionId)) found.push('Another organisation reads our connection.')
  if ((await listRuns(stranger, connectionId, null)).rows.length > 0) found.push('Another organisation reads our runs.')
  if (connection) {
    const page = await listHolders(tenant.owner, connection, ALL_PEOPLE, 1)
    if ((await readExport(stranger, connection)).rows > 0) found.push('Another organisation exports our people.')
    const [somebody] = page.rows
    if (somebody && (await getPersonAccess(stranger, connection, somebody.principalId)))
      found.push('Another organisation reads the page of one of our people.')
  }
  const verbs: [string, () => Promise<unknown>][] = [
    ['sync', () => requestSync(stranger, connectionId)],
    ['rename', () => renameConnection(stranger, connectionId, 'Taken')],
    ['reconnect', () => beginReconnect(stranger, connectionId)],
    ['disconnect', () => disconnect(stranger, connectionId, { data: 'keep' })],
  ]
  for (const [verb, act] of verbs) {
    const refused = await act().then(
      () => false,
      (error: unknown) => error instanceof NotFound,
    )
    if (!refused) found.push(`Another organisation can ${verb} our connection.`)
  }
  return found
}
