import { z } from 'zod'
import type { PrincipalVariety } from '@/lib/domain/vocabulary'
import {
  BATCHES_AT_ONCE,
  graphBatch,
  IDS_PER_QUESTION,
  inChunks,
  inParallel,
  MOST_IN_BATCH,
  pagesOf,
  parseBody,
} from './client/batch'
import type { Azure } from './client/clients'
import { cleanText } from './client/rows'

/** The directories that Microsoft's own applications belong to: Microsoft Services, and Microsoft itself. */
const MICROSOFT_TENANTS = ['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47']
/** Privileged Identity Management (MS-PIM), which holds User Access Administrator wherever roles can be eligible. */
const PLATFORM_APPLICATIONS = ['01fc33a7-78ba-4d2f-a4b7-768e336e890e']

const SELECT = 'id,displayName,servicePrincipalType,appOwnerOrganizationId,appId'

const ServicePrincipalRow = z
  .object({
    id: z.guid().toLowerCase(),
    displayName: z.string().nullish(),
    servicePrincipalType: z.string().nullish(),
    appOwnerOrganizationId: z.string().nullish(),
    appId: z.string().nullish(),
  })
  .transform((row) => ({ id: row.id, name: cleanText(row.displayName), variety: varietyOf(row) }))

export type ServicePrincipal = z.infer<typeof ServicePrincipalRow>

/**
 * Names and varieties of service principals, three hundred a call. `refused`: the permission `Application.Read.All` is
 * lacking, so nothing is claimed about any; otherwise an id without an entry is not in the directory.
 */
export async function readServicePrincipals(
  azure: Azure,
  ids: readonly string[],
): Promise<{ found: Map<string, ServicePrincipal>; refused: boolean }> {
  const found = new Map<string, ServicePrincipal>()
  let refused = false
  const questions = inChunks([...new Set(ids)], IDS_PER_QUESTION).map((some) => ({
    url: `/servicePrincipals?$filter=id in (${some.map((id) => `'${id}'`).join(',')})&$select=${SELECT}`,
  }))
  await inParallel(inChunks(questions, MOST_IN_BATCH), BATCHES_AT_ONCE, async (batch) => {
    for (const answer of await graphBatch(azure, batch)) {
      if (answer.status === 403) refused = true
      else for await (const items of pagesOf(azure, answer)) for (const one of rowsOf(items)) found.set(one.id, one)
    }
  })
  return refused ? { found: new Map(), refused } : { found, refused }
}

const rowsOf = (items: unknown[]) => parseBody(z.array(ServicePrincipalRow), items)

type Told = { servicePrincipalType?: string | null; appOwnerOrganizationId?: string | null; appId?: string | null }

function varietyOf({ servicePrincipalType, appOwnerOrganizationId, appId }: Told): PrincipalVariety {
  if (servicePrincipalType?.toLowerCase() === 'managedidentity') return 'managed_identity'
  if (MICROSOFT_TENANTS.includes(appOwnerOrganizationId?.toLowerCase() ?? '')) return 'platform'
  return PLATFORM_APPLICATIONS.includes(appId?.toLowerCase() ?? '') ? 'platform' : 'application'
}
