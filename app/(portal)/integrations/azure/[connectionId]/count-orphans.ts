import type { HolderFilter } from '@/db/queries/holder-filters'
import { countHolders } from '@/db/queries/holders'
import { parseAccessView } from '@/lib/domain/views'
import { openConnection } from './open-connection'

/** Orphans of one list. A result counts those of all kinds together, so that most results answer without a look. */
export async function countOrphans(connectionId: string, who: HolderFilter['who']): Promise<number> {
  const { member, connection } = await openConnection(connectionId)
  if (!connection.publishedRun?.signals.orphan) return 0
  return countHolders(member, connection, { ...parseAccessView({}), who, signal: 'orphan' })
}
