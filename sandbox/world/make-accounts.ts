import { FAMILY_NAMES, GIVEN_NAMES, type Random } from './random'
import { APPLICATION_ADMINISTRATOR, GLOBAL_READER } from './roles'
import { addAssignment, addServicePrincipal, addUser, createTenant, guestFacts } from './tenant'
import type { Application, Tenant, Traits } from './types'

type AccountKind =
  | 'owner'
  | 'reader'
  | 'outsider'
  | 'plain'
  | 'blocked'
  | 'mfa'
  | 'disabled'
  | 'unassigned'
  | 'viewer'
  | 'guest'
/** An account of a made tenant. A guest's `username` is that of the home tenant, `objectId` that of the guest. */
export type MadeAccount = { username: string; name: string; objectId: string; kind: AccountKind }

/**
 * Adds the accounts of a made tenant, the owner first, with their roles at these scopes. The guest's home account is in a
 * small second tenant, `partner`, which the caller adds to the world.
 */
export function addAccounts(
  tenant: Tenant,
  random: Random,
  scopes: string[],
): { accounts: MadeAccount[]; partner: Tenant } {
  const names = new Set<string>()
  const drawNewName = () => {
    let name = ''
    do name = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
    while (names.has(name))
    names.add(name)
    return name
  }
  const accounts: MadeAccount[] = []
  for (const recipe of RECIPES) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: drawNewName(),
      userPrincipalName: `${recipe.kind}@${tenant.domain}`,
      accountEnabled: recipe.enabled ?? true,
      directoryRoles: [
        ...(recipe.admin ? [APPLICATION_ADMINISTRATOR] : []),
        // Without it, nobody who signs in could read who is eligible for a group.
        ...(recipe.kind === 'owner' ? [GLOBAL_READER] : []),
      ],
      traits: recipe.traits ?? {},
      account: { kind: recipe.kind, note: recipe.note },
    })
    for (const scope of recipe.role ? scopes : [])
      addAssignment(tenant, random, { principalId: user.id, role: recipe.role ?? '', scope })
    accounts.push({ username: user.userPrincipalName, name: user.displayName, objectId: user.id, kind: recipe.kind })
  }

  const partner = createTenant({
    id: random.guid(),
    name: `${tenant.name} Partner`,
    domain: `partner-${tenant.domain}`,
    demo: false,
  })
  const home = addUser(partner, random, {
    id: random.guid(),
    displayName: drawNewName(),
    userPrincipalName: `guest@${partner.domain}`,
    account: { kind: 'guest', note: `Guest at ${tenant.name}, Owner there.` },
  })
  const guest = addUser(tenant, random, {
    ...guestFacts(random, tenant, home.userPrincipalName, true),
    id: random.guid(),
    displayName: home.displayName,
    home: { tenantId: partner.id, objectId: home.id },
  })
  for (const scope of scopes) addAssignment(tenant, random, { principalId: guest.id, role: 'Owner', scope })
  accounts.push({ username: home.userPrincipalName, name: home.displayName, objectId: guest.id, kind: 'guest' })
  return { accounts, partner }
}

type Recipe = {
  kind: AccountKind
  role: string | null
  admin: boolean
  note: string
  traits?: Traits
  enabled?: boolean
}

const RECIPES: Recipe[] = [
  { kind: 'owner', role: 'Owner', admin: true, note: 'Application Administrator, Global Reader and Owner.' },
  { kind: 'reader', role: 'Reader', admin: false, note: 'Reader, no administrator.' },
  { kind: 'outsider', role: null, admin: true, note: 'Application Administrator without any Azure role.' },
  { kind: 'plain', role: 'Owner', admin: false, note: 'Owner, no administrator.' },
  { kind: 'blocked', role: 'Owner', admin: true, traits: { blocked: true }, note: 'Blocked by Conditional Access.' },
  {
    kind: 'mfa',
    role: 'Owner',
    admin: true,
    traits: { mfa: true },
    note: 'Azure asks for multi-factor authentication.',
  },
  { kind: 'disabled', role: 'Owner', admin: true, enabled: false, note: 'The account is disabled.' },
  {
    kind: 'unassigned',
    role: null,
    admin: false,
    traits: { unassigned: true },
    note: 'Not assigned to the application.',
  },
  { kind: 'viewer', role: null, admin: false, note: 'Nothing special.' },
]

export type MadeApplication = { clientId: string; clientSecret: string; objectId: string }

/** Adds an application of the tenant that reads its directory and everything at these scopes without a user. The caller adds `registration` to the world. */
export function addApplication(
  tenant: Tenant,
  random: Random,
  scopes: string[],
): { application: MadeApplication; registration: Application } {
  const name = `${tenant.name} Reader`
  const [clientId, clientSecret, objectId] = [random.guid(), random.guid(), random.guid()]
  const registration: Application = {
    clientId,
    name,
    secrets: [{ value: clientSecret, expired: false }],
    redirectUris: [],
    registeredScopes: [],
    homeTenantId: tenant.id,
    publicClient: false,
    preauthorized: false,
  }
  addServicePrincipal(tenant, { id: objectId, appId: clientId, displayName: name })
  const permissions = ['Directory.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Application.Read.All']
  tenant.appRoles.set(clientId, new Set(permissions.map((one) => `graph/${one}`)))
  for (const scope of scopes) addAssignment(tenant, random, { principalId: objectId, role: 'Reader', scope })
  return { application: { clientId, clientSecret, objectId }, registration }
}
