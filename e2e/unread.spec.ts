import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change, control } from './support/sandbox'
import { connect, expect, signIn, test, type World } from './support/test'

test.use({ spec: { people: 6, assignments: 8, groups: 0, licence: 'free', delegations: 0 } })

/** A person who holds Owner through a group only, in the one subscription of a world that is connected and synced. */
async function startWithMember(page: Page, world: World) {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  const admins = randomUUID()
  await change({ type: 'add_group', tenantId, displayName: 'Platform admins', id: admins })
  await change({ type: 'add_member', tenantId, groupId: admins, user: ada })
  await change({ type: 'assign', tenantId, principalId: admins, role: 'Owner', subscriptionId: subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  return ada
}

/** Syncs while Microsoft refuses the requests that match. */
async function syncRefused(page: Page, tenantId: string, match: object, status: number) {
  const set = randomUUID()
  await control('PUT', `faults?set=${set}`, [
    { match: { ...match, tenantId }, status, headers: { 'retry-after': '0' } },
  ])
  await page.goto('/integrations')
  await page
    .getByRole('link', { name: /Tailspin/ })
    .first()
    .click()
  await page.waitForURL(/\/integrations\/azure\/[^/]+$/)
  const path = new URL(page.url()).pathname
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.goto(`${path}/runs`)
  await expect(page.getByRole('row').filter({ hasText: 'Started by' }).first()).toContainText('Synced')
  await control('DELETE', `faults?set=${set}`)
  return path
}

test('members that could not be read now are shown with their age on every page, never as people who lost access', async ({
  page,
  world,
}) => {
  const ada = await startWithMember(page, world)
  const path = await syncRefused(page, world.tenantId, { path: '/members', inBatch: true }, 403)

  await page.goto(path)
  const row = page.getByRole('row').filter({ hasText: 'Ada Novak' })
  await expect(row).toContainText('Owner')
  await expect(row).toContainText('not read since')
  await expect(page.getByRole('link', { name: /^Not read now/ })).toBeVisible()
  await inspect(page, 'people of whom an earlier reading is shown')

  await page.goto('/integrations')
  await expect(page.getByText(/1 not read now/)).toBeVisible()
  await page.goto('/people')
  await expect(page.getByText('Not everyone with access may be listed')).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'Ada Novak' })).toBeVisible()

  await page.goto('/people/matrix')
  const cells = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Ada Novak' }) })
  await expect(cells).toContainText('not read since')
  await page.goto(`/people/${ada}`)
  await expect(page.getByText('Holds no role now')).toBeHidden()
  await inspect(page, 'a person whose membership could not be read')
})

test('where groups were never opened, nobody is said to hold nothing', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Reader', subscriptionId: subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await change({
    type: 'unassign',
    tenantId,
    principalId: ada,
    role: 'Reader',
    scope: `/subscriptions/${subscription.id}`,
  })
  const admins = randomUUID()
  await change({ type: 'add_group', tenantId, displayName: 'Platform admins', id: admins })
  await change({ type: 'assign', tenantId, principalId: admins, role: 'Owner', subscriptionId: subscription.id })
  await syncRefused(page, tenantId, { path: '/members', inBatch: true }, 403)

  await page.goto(`/people/${ada}`)
  await expect(page.getByText('No role is known')).toBeVisible()
  await expect(page.getByText('not known.')).toBeVisible()
  await page.goto('/people/matrix')
  await expect(page.getByText('Not everyone with access may be listed')).toBeVisible()
})

test('a list of eligible roles that is refused in any way leaves a subscription that can be connected and read', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  const set = randomUUID()
  const body = { error: { code: 'InvalidTenantId', message: 'refused' } }
  const match = { path: 'ScheduleInstances', tenantId: world.tenantId }
  await control('PUT', `faults?set=${set}`, [{ match, status: 401, body }])
  await connect(page, world)
  await control('DELETE', `faults?set=${set}`)
  await page.goto('/integrations')
  await page
    .getByRole('link', { name: /Tailspin/ })
    .first()
    .click()
  await page.getByRole('button', { name: /^Coverage/ }).click()
  await expect(page.getByText(/refused with 401 InvalidTenantId/).first()).toBeVisible()
})
