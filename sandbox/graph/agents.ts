import type { ServicePrincipal, User } from '../world/types'
import type { GraphCall } from './graph-call'
import { type Kind, SERVICE_PRINCIPAL } from './kinds'
import { listObjects } from './lists'
import { USER } from './users'

/** Accounts of agents, a kind of user. Source: Microsoft Graph "agentUser resource type". */
export const AGENT_USER: Kind<User> = {
  ...USER,
  name: 'agentUser',
  set: 'users/microsoft.graph.agentUser',
  defaults: [...USER.defaults, 'identityParentId'],
  properties: { ...USER.properties, identityParentId: (user) => user.identityParentId },
}

/** Identities of agents, a kind of service principal. Source: Microsoft Graph "agentIdentity resource type". */
export const AGENT_IDENTITY: Kind<ServicePrincipal> = {
  ...SERVICE_PRINCIPAL,
  name: 'agentIdentity',
  set: 'servicePrincipals/microsoft.graph.agentIdentity',
  defaults: [...SERVICE_PRINCIPAL.defaults, 'agentIdentityBlueprintId'],
  properties: {
    ...SERVICE_PRINCIPAL.properties,
    agentIdentityBlueprintId: (principal) => principal.agentIdentityBlueprintId,
  },
}

/** `GET /users/microsoft.graph.agentUser` and `/servicePrincipals/microsoft.graph.agentIdentity`. */
export function listAgents<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response {
  const all = kind.registryOf(call.tenant).list()
  const items = all.filter((one) => kind.derivedTypeOf?.(one) === kind.name)
  return listObjects(call, kind, { items, registry: null })
}
