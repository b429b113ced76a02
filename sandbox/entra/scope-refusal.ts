import type { Application, Tenant } from '../world/types'
import { CLIENT_REFUSALS } from './client-refusals'
import type { Refusal } from './entra-error'
import { REFUSALS } from './refusals'
import { mixesDefault, type ParsedScopes } from './scopes'

/** What is wrong with the scopes of a request, whoever asks; null when nothing is. */
export function scopeRefusal(
  app: Application,
  tenant: Tenant | null,
  directory: string,
  parsed: ParsedScopes,
): Refusal | null {
  const { unknown, scopes } = parsed
  if (unknown) {
    const where = tenant?.name ?? directory
    switch (unknown.reason) {
      case 'scope':
        return REFUSALS.badScope(unknown.raw)
      case 'resource':
        return REFUSALS.badResource(unknown.raw, where)
      case 'unregistered':
        return CLIENT_REFUSALS.unregisteredResource(app, unknown.raw)
      case 'absent':
        return CLIENT_REFUSALS.absentResource(unknown.raw, tenant?.id ?? directory)
    }
  }
  if (mixesDefault(scopes)) return REFUSALS.badScope(scopes.map((scope) => scope.raw).join(' '))
  const bare = scopes.find(
    (scope) => scope.name === '.default' && !app.registeredScopes.some((key) => key.startsWith(`${scope.resource}/`)),
  )
  return bare ? CLIENT_REFUSALS.unregisteredResource(app, bare.raw) : null
}
