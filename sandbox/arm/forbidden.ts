import type { ArmCall } from './arm-call'
import { armError } from './arm-error'

/** The 403 of a caller who may not do an action at a scope. */
export function forbidden({ caller }: ArmCall, action: string, scope: string): Response {
  return armError(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
}
