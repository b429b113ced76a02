import { z } from 'zod'
import type { Refused } from '@/lib/domain/problems'
import type { PrincipalVariety } from '@/lib/domain/vocabulary'
import { askBatch, type BatchAnswer, forEachBatch, questionsById } from './client/batch'
import type { Azure } from './client/clients'
import { listPagesFrom } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { addOdd, cleanText, keepReadable, type OddRow, principalKindOf } from './client/rows'

type ServicePrincipals = {
  found: Map<string, ServicePrincipal>
  /** The permission `Application.Read.All` is missing, or Graph refused in another way: nothing is claimed about any. */
  refused: Refused | null
  /** Rows that could not be understood. */
  odd: OddRow[]
}

/** Names and varieties of service principals, three hundred a call; an id without an entry is not in the directory. */
export async function readServicePrincipals(azure: Azure, ids: readonly string[]): Promise<ServicePrincipals> {
  const read: ServicePrincipals = { found: new Map(), refused: null, odd: [] }
  try {
    await forEachBatch(questionsById('/servicePrincipals', [...new Set(ids)], SERVICE_SELECT), async (batch) => {
      const answers = await askBatch(azure, batch)
      for (const [index, question] of batch.entries()) {
        for await (const items of listPagesFrom(azure, question, answers[index] as BatchAnswer)) {
          const { rows, odd } = keepReadable(ServicePrincipalRow, items)
          for (const row of rows) read.found.set(row.id, row)
          addOdd(read.odd, odd)
        }
      }
    })
  } catch (error) {
    return { found: new Map(), refused: refusedBy('servicePrincipals', error), odd: [] }
  }
  return read
}

/** The properties to ask for. */
export const SERVICE_SELECT = 'id,displayName,servicePrincipalType,appOwnerOrganizationId,appId'

const ServicePrincipalFields = z.object({
  '@odata.type': z.string().nullish(),
  id: z.guid().toLowerCase(),
  displayName: z.string().nullish().catch(null),
  servicePrincipalType: z.string().nullish(),
  appOwnerOrganizationId: z.string().nullish(),
  appId: z.string().nullish(),
})

/** A Graph service principal. */
export const ServicePrincipalRow = ServicePrincipalFields.transform((row) => ({
  id: row.id,
  name: cleanText(row.displayName),
  variety: varietyOf(row),
}))

export type ServicePrincipal = z.infer<typeof ServicePrincipalRow>

/** The directories that Microsoft's own applications belong to: that of Microsoft Services, and Microsoft's own. */
const MICROSOFT_TENANTS = ['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47']

/** Privileged Identity Management (MS-PIM), which holds User Access Administrator wherever roles can be eligible. */
const PLATFORM_APPLICATIONS = ['01fc33a7-78ba-4d2f-a4b7-768e336e890e']

/** Null for one of which this account may know no more than the id. */
function varietyOf(row: z.infer<typeof ServicePrincipalFields>): PrincipalVariety | null {
  if (principalKindOf(row['@odata.type']).agent) return 'agent'
  if (row.servicePrincipalType?.toLowerCase() === 'managedidentity') return 'managed_identity'
  if (MICROSOFT_TENANTS.includes(row.appOwnerOrganizationId?.toLowerCase() ?? '')) return 'platform'
  if (PLATFORM_APPLICATIONS.includes(row.appId?.toLowerCase() ?? '')) return 'platform'
  return row.servicePrincipalType || row.displayName ? 'application' : null
}
