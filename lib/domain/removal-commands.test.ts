import { expect, test } from 'vitest'
import { accessFrom } from '@/testing/made-access'
import type { PersonAccess } from './access'
import { removalCommand, removalPage } from './removal-commands'

const SCOPE = '/subscriptions/5d1f0c3e/resourceGroups/rg-payments'
const NAME = '0b4ae9c1-7f0c-4a0e-9a53-2f4f0f7a9a11'

/** Access by one assignment of the role Owner to somebody, changed as given. */
function withGrant(change: Partial<PersonAccess['grants'][number]>): PersonAccess {
  const access = accessFrom({ memberships: [], grants: [{ holder: 'ada', role: 'Owner' }] })
  const [grant] = access.grants
  if (!grant) throw new Error('There is no grant.')
  return {
    ...access,
    grants: [{ ...grant, key: `${SCOPE} ${NAME}`, scope: SCOPE, level: 'resource_group', ...change }],
  }
}

const commandFor = (access: PersonAccess) =>
  removalCommand(access, { kind: 'assignment', key: access.grants[0]?.key ?? '', affects: 1 })

test('an assignment is deleted by its ID, at whatever scope', () => {
  expect(commandFor(withGrant({}))).toBe(
    `az role assignment delete --ids "${SCOPE}/providers/Microsoft.Authorization/roleAssignments/${NAME}"`,
  )
  expect(commandFor(withGrant({ scope: '/', level: 'root', key: `/ ${NAME}` }))).toBe(
    `az role assignment delete --ids "/providers/Microsoft.Authorization/roleAssignments/${NAME}"`,
  )
})

test('what no command of its own removes has none', () => {
  expect(commandFor(withGrant({ kind: 'eligible', key: `eligible ${SCOPE} ${NAME}` }))).toBeNull()
  expect(commandFor(withGrant({ kind: 'activated' }))).toBeNull()
  expect(commandFor(withGrant({ principalKind: 'delegate' }))).toBeNull()
})

test.each(['$(reboot)', '`reboot`', 'a"b', 'a\\b', 'a\nb', 'a$HOME', 'a;b', "a'b"])(
  'a scope that a shell would read as its own gives no command: %j',
  (name) => {
    expect(commandFor(withGrant({ scope: `${SCOPE}/providers/x/y/${name}` }))).toBeNull()
  },
)

test('a membership is removed by the IDs of group and member, unless it is one of Privileged Identity Management or flat', () => {
  const access = withGrant({})
  const membership = { kind: 'membership', groupId: 'g-1', memberId: 'ada', affects: 1 } as const
  expect(removalCommand(access, { ...membership, membership: 'active' })).toBe(
    'az ad group member remove --group g-1 --member-id ada',
  )
  expect(removalCommand(access, { ...membership, membership: 'eligible' })).toBeNull()
  expect(removalCommand({ ...access, flat: ['g-1'] }, { ...membership, membership: 'active' })).toBeNull()
})

test('a removal leads to the page of the group, or of the scope where that has one', () => {
  const page = (access: PersonAccess) =>
    removalPage(access, { kind: 'assignment', key: access.grants[0]?.key ?? '', affects: 1 })
  expect(page(withGrant({}))).toEqual({ kind: 'scope', scope: SCOPE })
  expect(page(withGrant({ level: 'management_group' }))).toBeNull()
  expect(
    removalPage(withGrant({}), {
      ...{ kind: 'membership', groupId: 'g-1', memberId: 'ada', membership: 'active', affects: 1 },
    }),
  ).toEqual({ kind: 'group', groupId: 'g-1' })
})
