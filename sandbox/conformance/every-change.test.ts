import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTROLS } from '../control/controls'
import { startControlSandbox } from '../control/start-control-sandbox'
import { makeCertificate } from '../entra/make-certificate'
import type { NamedChange } from '../world/changes'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
let certificate: string
beforeAll(async () => {
  certificate = (await makeCertificate()).certificate
  controlled = await startControlSandbox()
})
afterAll(() => controlled.sandbox.close())

const user = () => `person0@${controlled.made.domain}`
const tenantId = () => controlled.made.tenantId
const subscriptionId = () => controlled.subscriptionId
const eligibility = () => ({ user: user(), role: 'Owner', subscriptionId: subscriptionId() })
const group = 'Auditors'
const clientId = () => controlled.made.application.clientId

/** The values of each type of change, applied in this order, each to the world as the earlier ones left it. */
const CHANGES: Record<NamedChange['type'], () => object> = {
  disable: () => ({ user: user() }),
  enable: () => ({ user: user() }),
  rename: () => ({ user: user(), displayName: 'Ada King' }),
  set_traits: () => ({ user: user(), traits: {} }),
  set_sign_in: () => ({ user: user(), lastSignInDateTime: null }),
  set_directory_roles: () => ({ user: user(), roles: ['Reports Reader'], eligible: ['Global Administrator'] }),
  revoke_sessions: () => ({ user: user() }),
  add_person: () => ({ tenantId: tenantId(), displayName: 'Somebody New' }),
  lag: () => ({ user: user(), seconds: 1 }),
  add_group: () => ({ tenantId: tenantId(), displayName: group }),
  add_member: () => ({ tenantId: tenantId(), group, user: user() }),
  remove_member: () => ({ tenantId: tenantId(), group, user: user() }),
  hide_members: () => ({ tenantId: tenantId(), group, hidden: false }),
  add_owner: () => ({ tenantId: tenantId(), group, user: user() }),
  remove_owner: () => ({ tenantId: tenantId(), group, user: user() }),
  set_licence: () => ({ tenantId: tenantId(), licence: 'p2' }),
  make_eligible_member: () => ({ tenantId: tenantId(), group, user: user() }),
  activate_membership: () => ({ tenantId: tenantId(), group, user: user() }),
  deactivate_membership: () => ({ tenantId: tenantId(), group, user: user() }),
  remove_eligible_member: () => ({ tenantId: tenantId(), group, user: user() }),
  set_group_claims: () => ({ groupMembershipClaims: 'SecurityGroup' }),
  define_app_roles: () => ({ roles: ['Rolecall.Viewer'] }),
  assign_to_application: () => ({ tenantId: tenantId(), user: user(), appRole: 'Rolecall.Viewer' }),
  unassign_from_application: () => ({ tenantId: tenantId(), user: user(), appRole: 'Rolecall.Viewer' }),
  rename_group: () => ({ tenantId: tenantId(), group, displayName: 'Inspectors' }),
  delete_group: () => ({ tenantId: tenantId(), group: 'Inspectors' }),
  assign: eligibility,
  unassign: eligibility,
  add_deny: () => ({ subscriptionId: subscriptionId() }),
  remove_deny: () => ({ denyId: controlled.sandbox.world.findTenant(tenantId())?.denyAssignments.list()[0]?.id }),
  delegate: () => ({ subscriptionId: subscriptionId() }),
  end_delegation: () => ({ subscriptionId: subscriptionId() }),
  make_eligible: eligibility,
  activate: eligibility,
  deactivate: eligibility,
  remove_eligible: eligibility,
  set_subscription_state: () => ({ subscriptionId: subscriptionId(), state: 'Disabled' }),
  rename_subscription: () => ({ subscriptionId: subscriptionId(), displayName: 'Renamed' }),
  rename_management_group: () => ({ tenantId: tenantId(), managementGroupId: tenantId(), displayName: 'Top' }),
  move_subscription: () => ({ subscriptionId: subscriptionId(), managementGroupId: tenantId() }),
  withdraw_consent: () => ({ tenantId: tenantId() }),
  grant_consent: () => ({ tenantId: tenantId() }),
  set_powerless: () => ({ tenantId: tenantId(), powerless: 'forbidden' }),
  set_page_size: () => ({ tenantId: tenantId(), pageSize: 5 }),
  set_log_delays: () => ({ tenantId: tenantId(), activity: 0, audits: 0 }),
  write_role: () => ({ tenantId: tenantId(), role: 'Night Watch', actions: ['*/read'], assignableScopes: ['/'] }),
  delete_role: () => ({ tenantId: tenantId(), role: 'Night Watch' }),
  elevate_access: () => ({ tenantId: tenantId() }),
  set_throttling: () => ({ tenantId: tenantId(), arm: false }),
  delete: () => ({ user: user() }),
  restore: () => ({ user: controlled.sandbox.world.findTenant(tenantId())?.deletedUsers.list().at(-1)?.id }),
  expire_secret: () => ({ clientId: clientId() }),
  set_secret: () => ({ clientId: clientId(), value: 'new' }),
  add_application: () => ({ tenantId: tenantId(), displayName: 'Reader of access' }),
  grant_app_roles: () => ({ tenantId: tenantId(), clientId: clientId(), roles: ['User.Read.All'] }),
  add_certificate: () => ({ clientId: clientId(), certificate }),
  remove_certificates: () => ({ clientId: clientId() }),
  add_federated_credential: () => ({ clientId: clientId(), issuer: 'https://issuer.example', subject: 'portal' }),
  issue_federated_token: () => ({ issuer: 'https://issuer.example', subject: 'portal' }),
  set_application_enabled: () => ({ tenantId: tenantId(), clientId: clientId(), enabled: false }),
  set_machine: () => ({ tenantId: tenantId() }),
  rotate_keys: () => ({}),
  set_token_lifetime: () => ({ seconds: 3600 }),
  advance_clock: () => ({ ms: 1 }),
}

test('every type of change works with the values that it needs', async () => {
  for (const [type, valuesOf] of Object.entries(CHANGES)) {
    const { status, json } = await controlled.control('POST', '/changes', { type, ...valuesOf() })
    expect({ type, status, json }).toMatchObject({ type, status: 200, json: { ok: true } })
  }
})

// These changes name nothing that exists.
const WITHOUT_VALUES = new Set(['rotate_keys', 'issue_federated_token'])

test.each(Object.keys(CHANGES).filter((type) => !WITHOUT_VALUES.has(type)))(
  '%s is refused for something that does not exist',
  async (type) => {
    const nobody = { user: 'nobody', tenantId: 'nowhere', subscriptionId: 'none', clientId: 'none', denyId: 'none' }
    const { status, json } = await controlled.control('POST', '/changes', { type, ...nobody })
    expect([status, json]).toEqual([400, { error: expect.any(String) }])
  },
)

test('the index names every control', async () => {
  const { json } = await controlled.control('GET', '/')
  expect((json as { path: string }[]).map(({ path }) => path)).toEqual(
    Object.entries(CONTROLS).flatMap(([path, methods]) => Object.keys(methods).map(() => `/_sandbox${path}`)),
  )
})
