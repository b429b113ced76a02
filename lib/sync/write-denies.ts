import type { Transaction } from '@/db/database'
import type { Access } from '@/lib/domain/access'
import type { ClaimedRun } from './claim-run'
import { writeIntervals } from './write-intervals'

/** Brings the stored deny assignments to what was read, by differences. Gives the rows written. */
export async function writeDenies(
  tx: Transaction,
  run: ClaimedRun,
  { denies }: Pick<Access, 'denies'>,
  at: Date,
): Promise<number> {
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'deny_assignments',
      columns: {
        key: { type: 'text', part: 'key' },
        name: { type: 'text', part: 'compared' },
        description: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'carried' },
        scope_level: { type: 'text', part: 'carried' },
        permissions: { type: 'jsonb', part: 'compared' },
        principals: { type: 'jsonb', part: 'compared' },
        excluded: { type: 'jsonb', part: 'compared' },
        spares_children: { type: 'boolean', part: 'compared' },
        system_protected: { type: 'boolean', part: 'compared' },
      },
    },
    denies.map((deny) => ({
      key: deny.key,
      name: deny.name,
      description: deny.description,
      scope: deny.scope,
      scope_level: deny.scopeLevel,
      permissions: deny.permissions,
      principals: deny.principals,
      excluded: deny.excluded,
      spares_children: deny.sparesChildren,
      system_protected: deny.systemProtected,
    })),
  )
  return written
}
