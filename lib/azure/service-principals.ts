import { z } from 'zod'
import type { PrincipalVariety } from '@/lib/domain/vocabulary'
import { askBatch, forEachBatch, listPagesFrom, questionsById } from './client/batch'
import type { Azure } from './client/clients'
import { cleanText, parseAs } from './client/rows'

/**
 * Names and varieties of service principals, three hundred a call; an id without an entry is not in the directory.
 * `refused`: the permission `Application.Read.All` is missing, so nothing is claimed about any of them.
 */
export async function readServicePrincipals(
  azure: Azure,
  ids: readonly string[],
): Promise<{ found: Map<string, ServicePrincipal>; refused: boolean }> {
  const found = new Map<string, ServicePrincipal>()
  let refused = false
  await forEachBatch(questionsById('/servicePrincipals', [...new Set(ids)], SELECT), async (batch) => {
    for (const answer of await askBatch(azure, batch)) {
      if (answer.status === 403) {
        refused = true
        continue
      }
      for await (const items of listPagesFrom(azure, answer))
        for (const row of parseAs(z.array(ServicePrincipalRow), items)) found.set(row.id, row)
    }
  })
  return { found: refused ? new Map() : found, refused }
}

const SELECT = 'id,displayName,servicePrincipalType,appOwnerOrganizationId,appId'

const ServicePrincipalFields = z.object({
  id: z.guid().toLowerCase(),
  displayName: z.string().nullish(),
  servicePrincipalType: z.string().nullish(),
  appOwnerOrganizationId: z.string().nullish(),
  appId: z.string().nullish(),
})

const ServicePrincipalRow = ServicePrincipalFields.transform((row) => ({
  id: row.id,
  name: cleanText(row.displayName),
  variety: varietyOf(row),
}))

type ServicePrincipal = z.infer<typeof ServicePrincipalRow>

/** The directories that Microsoft's own applications belong to: that of Microsoft Services, and Microsoft's own. */
const MICROSOFT_TENANTS = ['f8cdef31-a31e-4b4a-93e4-5f571e91255a', '72f988bf-86f1-41af-91ab-2d7cd011db47']

/** Privileged Identity Management (MS-PIM), which holds User Access Administrator wherever roles can be eligible. */
const PLATFORM_APPLICATIONS = ['01fc33a7-78ba-4d2f-a4b7-768e336e890e']

function varietyOf(row: z.infer<typeof ServicePrincipalFields>): PrincipalVariety {
  if (row.servicePrincipalType?.toLowerCase() === 'managedidentity') return 'managed_identity'
  if (MICROSOFT_TENANTS.includes(row.appOwnerOrganizationId?.toLowerCase() ?? '')) return 'platform'
  return PLATFORM_APPLICATIONS.includes(row.appId?.toLowerCase() ?? '') ? 'platform' : 'application'
}
