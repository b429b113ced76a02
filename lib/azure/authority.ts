import { z } from 'zod'
import { AzureError } from './azure-error'
import { cloud } from './cloud'

/** The login address of a tenant, by its GUID and nothing else: it becomes part of a path. */
export function authority(tenantId: string): string {
  const tenant = z.guid().toLowerCase().safeParse(tenantId)
  if (!tenant.success) throw new AzureError('bad_answer', 'The tenant is not a GUID.', { cause: tenant.error })
  return `${cloud().login}/${tenant.data}`
}
