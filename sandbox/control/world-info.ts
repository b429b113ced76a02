import type { World } from '../world/world'

/** What a visitor needs to know to try the demo; made worlds are their makers' business. */
export function worldInfo(world: World) {
  const tenants = [...world.tenants.values()].filter((tenant) => tenant.demo)
  return {
    tenants: tenants.map(({ id, name, domain }) => ({ id, name, domain })),
    accounts: tenants.flatMap((tenant) =>
      [...tenant.users.values()].flatMap((user) =>
        user.account
          ? [
              {
                username: user.userPrincipalName,
                name: user.displayName,
                tenantId: tenant.id,
                kind: user.account.kind,
                note: user.account.note,
              },
            ]
          : [],
      ),
    ),
    applications: [...world.applications.values()].flatMap(({ clientId, name, secrets, homeTenantId }) =>
      tenants.some((tenant) => tenant.id === homeTenantId)
        ? [{ clientId, clientSecret: secrets[0]?.value ?? null, name, tenantId: homeTenantId }]
        : [],
    ),
    subscriptions: tenants.flatMap((tenant) =>
      [...tenant.subscriptions.values()].map(({ id, name, tenantId, state, note }) => ({
        id,
        name,
        tenantId,
        state,
        note,
      })),
    ),
  }
}
