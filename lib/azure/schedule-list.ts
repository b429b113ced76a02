import { isRestError } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import { appliesTo } from '@/lib/domain/scopes'
import { toAzureError } from './azure-error'

/** `licensed`: the tenant has Privileged Identity Management. `permitted`: this account may read it. Without either there are no rows. */
export type ScheduleList<Row> = { licensed: boolean; permitted: boolean; rows: Row[] }

type Keyed = { key: string; scope: string }

/**
 * Reads a list of schedule instances to its end, each row once, of one subscription only. A tenant without Entra ID P2 or
 * Governance answers 400 `AadPremiumLicenseRequired` (seen in JulianHayward/Azure-MG-Sub-Governance-Reporting 114): that
 * and a 403 are facts about the tenant and the account, everything else is an error.
 */
export async function scheduleList<Row extends Keyed>(
  subscriptionId: string,
  pages: AsyncIterable<unknown[]>,
  shape: z.ZodType<Row>,
): Promise<ScheduleList<Row>> {
  const found = new Map<string, Row>()
  try {
    for await (const page of pages) {
      for (const row of z.array(shape).parse(page)) if (appliesTo(subscriptionId, row.scope)) found.set(row.key, row)
    }
  } catch (error) {
    if (isRestError(error) && error.statusCode === 400 && error.code === 'AadPremiumLicenseRequired')
      return { licensed: false, permitted: true, rows: [] }
    if (isRestError(error) && error.statusCode === 403) return { licensed: true, permitted: false, rows: [] }
    throw toAzureError(error)
  }
  return { licensed: true, permitted: true, rows: [...found.values()] }
}
