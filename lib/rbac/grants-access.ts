import type { Permission } from '@/lib/domain/vocabulary'
import { allows } from './allows'
import { GRANTING_OPERATIONS } from './granting-operations'

/** Whether a role lets its holder give roles, to others or to themselves: any one of the granting operations is enough. */
export function grantsAccess(permissions: readonly Permission[]): boolean {
  return GRANTING_OPERATIONS.some((operation) => allows(permissions, operation).control)
}
