import type { Permission } from '@/lib/domain/vocabulary'
import { covers } from './covers'

/**
 * Whether a role allows an operation, on the control plane (Azure Resource Manager) and on the data plane (what is inside
 * a resource). The same name can be an operation of either, so both are answered.
 *
 * What a permission gives is its actions minus its notActions, likewise its dataActions minus its notDataActions; what
 * a role gives is the union over its permissions. A not-list is no denial: it takes nothing from another permission,
 * nor from another role ("Understand Azure role definitions", NotActions).
 */
export function allows(permissions: readonly Permission[], operation: string): { control: boolean; data: boolean } {
  const any = (patterns: string[]) => patterns.some((pattern) => covers(pattern, operation))
  return {
    control: permissions.some(({ actions, notActions }) => any(actions) && !any(notActions)),
    data: permissions.some(({ dataActions, notDataActions }) => any(dataActions) && !any(notDataActions)),
  }
}
