import { createPipelineRequest, RestError } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import type { Azure } from './client/clients'
import { cloud } from './client/cloud'
import { toAzureError } from './client/errors'
import { codeInBody } from './client/rows'

/** How many role assignments Azure counts at and below a subscription, and how many it allows there; null where it does not say. */
export type AssignmentCount = { counted: number; limit: number | null }

/**
 * Azure's own count, which does not depend on what the account can list:
 * `GET /subscriptions/{id}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics`, 2019-08-01-preview. Source: Microsoft's list of
 * versions of `Microsoft.Authorization` (azure-rest-api-specs), and programs of others that read it; none of our SDKs has a call for it.
 * Inherited assignments and eligible ones are not counted.
 *
 * @throws AzureError when it is refused or not understood
 */
export async function readAssignmentCount(azure: Azure, subscriptionId: string): Promise<AssignmentCount> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics`
  const request = createPipelineRequest({ url: `${cloud().arm}${path}?api-version=2019-08-01-preview`, method: 'GET' })
  try {
    const response = await azure.subscriptions('one').sendRequest(request)
    const { status: statusCode, bodyAsText } = response
    if (statusCode !== 200) {
      const code = codeInBody(bodyAsText ?? '')
      throw new RestError('The count was refused.', { statusCode, code, request, response })
    }
    return UsageMetrics.parse(JSON.parse(bodyAsText ?? ''))
  } catch (error) {
    throw toAzureError(error)
  }
}

const UsageMetrics = z
  .object({
    roleAssignmentsCurrentCount: z.int().nonnegative(),
    roleAssignmentsLimit: z.int().positive().nullish(),
  })
  .transform(
    ({ roleAssignmentsCurrentCount: counted, roleAssignmentsLimit: limit }): AssignmentCount => ({
      counted,
      limit: limit ?? null,
    }),
  )
