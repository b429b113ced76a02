import { z } from 'zod'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import { askOptionalBatch, inChunks, MOST_IN_BATCH, questionsById } from './client/batch'
import type { Azure } from './client/clients'
import { listPagesFrom } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { keepReadable, principalKindOf } from './client/rows'

type Kind = { kind: PrincipalKind; agent: boolean }

/** The most ids that `getByIds` takes (Graph: directoryobject-getbyids). */
const MOST_IDS = 1_000

/**
 * What the given principals are, where Resource Manager named no type or one that is not known here: by `getByIds`, which
 * tells the type of any object, and for those that are left by looking for them among the users, groups and service
 * principals that the granted permissions let us list. Without an entry: nobody told. No refusal fails anything.
 */
export async function resolveKinds(azure: Azure, ids: readonly string[]): Promise<Map<string, Kind>> {
  const kinds = new Map<string, Kind>()
  const take = (items: unknown[], listed?: PrincipalKind) => {
    for (const row of keepReadable(ObjectRow, items).rows) {
      const told = principalKindOf(row['@odata.type'])
      const kind = told.kind === 'other' ? listed : told.kind
      if (kind) kinds.set(row.id, { kind, agent: told.agent })
    }
  }
  for (const some of inChunks(ids, MOST_IDS)) take(await getByIds(azure, some))
  const unknown = ids.filter((id) => !kinds.has(id))
  if (unknown.length === 0) return kinds

  const asked = LISTS.flatMap(({ path, kind }) =>
    questionsById(path, unknown, 'id').map((question) => ({ kind, question })),
  )
  for (const batch of inChunks(asked, MOST_IN_BATCH)) {
    const answers = await askOptionalBatch(
      azure,
      batch.map(({ question }) => question),
    )
    for (const [index, answer] of answers.entries()) {
      const { kind, question } = batch[index] as (typeof batch)[number]
      try {
        for await (const items of listPagesFrom(azure, question, answer)) take(items, kind)
      } catch (error) {
        refusedBy('directoryObjects', error)
      }
    }
  }
  return kinds
}

const LISTS: { path: string; kind: PrincipalKind }[] = [
  { path: '/users', kind: 'user' },
  { path: '/servicePrincipals', kind: 'service_principal' },
  { path: '/groups', kind: 'group' },
]

const ObjectRow = z.looseObject({ id: z.guid().toLowerCase(), '@odata.type': z.string().nullish().catch(null) })

const Objects = z.looseObject({ value: z.array(z.unknown()) })

async function getByIds(azure: Azure, ids: string[]): Promise<unknown[]> {
  try {
    return Objects.parse(await azure.graph.api('/directoryObjects/getByIds').post({ ids })).value
  } catch (error) {
    refusedBy('directoryObjects/getByIds', error)
    return []
  }
}
