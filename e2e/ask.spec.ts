import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, signIn, test } from './support/test'

const SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action'
const READ_MACHINE = 'Microsoft.Compute/virtualMachines/read'
const DELETE_MACHINE = 'Microsoft.Compute/virtualMachines/delete'

type Asked = { role?: string; scope?: string; operation?: string }

/** Fills in the questions and asks them. */
async function ask(page: Page, { role, scope = '', operation = '' }: Asked) {
  if (role) await page.getByLabel('Who holds this role?').selectOption({ label: role })
  await page.getByLabel('Who can act at this scope?').fill(scope)
  await page.getByLabel('Who can do this operation?').fill(operation)
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.waitForURL(
    (url) => url.searchParams.get('operation') === operation && url.searchParams.get('scope') === scope,
  )
}

const rowOf = (page: Page, name: string) =>
  page
    .getByRole('table')
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name }) })

test('who may read secrets through a group is found by the operation, and at the scope where it is so', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const name = `Ottoline ${randomUUID()}`
  const person = world.account('plain').objectId
  const scope = `/subscriptions/${subscription.id}/resourceGroups/rg-vaults`
  const group = randomUUID()
  await change({ type: 'rename', user: person, tenantId, displayName: name })
  await change({ type: 'add_group', tenantId, displayName: 'Vault readers', id: group })
  await change({ type: 'add_member', tenantId, groupId: group, user: person })
  await change({ type: 'assign', tenantId, principalId: group, role: 'Key Vault Secrets User', scope })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: 'Ask' }).click()
  await page.getByRole('link', { name: 'Read a secret’s value' }).click()

  await expect(page.getByLabel('Who can do this operation?')).toHaveValue(SECRET)
  // Owner and Reader have wildcards of the control plane, which open no secret.
  const roles = page.getByRole('list').filter({ has: page.getByText('Key Vault Secrets User') })
  await expect(page.getByText(/roles? held here allows? it, as a data operation:/)).toBeVisible()
  await expect(roles.first().getByText(/^(Owner|Reader)$/)).toHaveCount(0)
  await expect(rowOf(page, name)).toContainText('Key Vault Secrets User')
  await expect(rowOf(page, name)).toContainText('through Vault readers')
  await inspect(page, 'an answer')
  await page.setViewportSize({ width: 1280, height: 800 })

  await ask(page, { scope: `${scope}/providers/Microsoft.KeyVault/vaults/keys`, operation: SECRET })
  await expect(rowOf(page, name)).toBeVisible()
  await ask(page, { scope: `/subscriptions/${subscription.id}/resourceGroups/rg-other`, operation: SECRET })
  await expect(page.getByText(/can do it at resource group .*rg-other/)).toBeVisible()
  await expect(rowOf(page, name)).toHaveCount(0)
})

test('a custom role counts by its wildcards, alone and with a role asked for', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const name = `Peregrine ${randomUUID()}`
  const person = world.account('plain').objectId
  const scope = `/subscriptions/${subscription.id}`
  await change({ type: 'rename', user: person, tenantId, displayName: name })
  await change({ type: 'assign', tenantId, principalId: person, role: 'Tailspin Role 1', scope })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto(`${await openResults(page)}/ask`)

  await ask(page, { role: 'Tailspin Role 1', operation: READ_MACHINE })
  await expect(page.getByText('1 role held here allows it, as a control operation:')).toBeVisible()
  await expect(rowOf(page, name)).toContainText('Tailspin Role 1')
  await ask(page, { role: 'Tailspin Role 1', operation: DELETE_MACHINE })
  await expect(page.getByText('Tailspin Role 1 does not allow it.')).toBeVisible()
})

test('who is named by a deny assignment is listed and marked as cut off', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const name = `Quill ${randomUUID()}`
  const person = world.account('plain').objectId
  const scope = `/subscriptions/${subscription.id}/resourceGroups/rg-locked`
  await change({ type: 'rename', user: person, tenantId, displayName: name })
  await change({ type: 'assign', tenantId, principalId: person, role: 'Virtual Machine Contributor', scope })
  await change({ type: 'add_deny', tenantId, scope, name: 'No deletes', actions: ['*/delete'], principalIds: [person] })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto(`${await openResults(page)}/ask`)

  await ask(page, { scope, operation: DELETE_MACHINE })
  await expect(rowOf(page, name)).toContainText('cut off')
  await expect(rowOf(page, name)).toContainText('denied by No deletes')
  await ask(page, { scope, operation: READ_MACHINE })
  await expect(rowOf(page, name)).not.toContainText('cut off')
})

test('what makes no sense to ask is refused in a sentence, and stays in its field', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto(`${await openResults(page)}/ask`)
  const foreign = `/subscriptions/${randomUUID()}/resourceGroups/app`

  await ask(page, { scope: foreign, operation: 'bake a cake' })
  await expect(page.getByText(/This scope lies in another subscription/)).toBeVisible()
  await expect(page.getByText(/This is not the name of an operation/)).toBeVisible()
  await expect(page.getByLabel('Who can act at this scope?')).toHaveValue(foreign)
  await expect(page.getByLabel('Who can do this operation?')).toHaveValue('bake a cake')
  await expect(page.getByRole('table')).toHaveCount(0)
  await inspect(page, 'a refused question')
  await ask(page, { operation: 'Microsoft.KeyVault/*' })
  await expect(page.getByText(/A wildcard stands for many operations/)).toBeVisible()
})

test('plain words and bare names lead to the operation and the scope that are meant', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const person = world.account('plain').objectId
  const name = `Quentin ${randomUUID()}`
  const scope = `/subscriptions/${subscription.id}/resourceGroups/rg-payments`
  await change({ type: 'rename', user: person, tenantId, displayName: name })
  await change({ type: 'assign', tenantId, principalId: person, role: 'Storage Account Contributor', scope })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto(`${await openResults(page)}/ask`)

  await ask(page, { scope: 'rg-payments', operation: 'delete a storage account' })
  const meant = page.getByRole('region', { name: 'Did you mean' })
  await inspect(page, 'suggestions for a question')
  await meant.getByRole('link', { name: 'Resource group rg-payments' }).click()
  await page.waitForURL((url) => url.searchParams.get('scope') === scope)
  await meant.getByRole('link', { name: 'Delete a storage account' }).click()
  await expect(rowOf(page, name)).toContainText('Storage Account Contributor')
  await expect(meant).toHaveCount(0)
})

test('a question of all subscriptions is answered by each, and leads to who they are', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const name = `Deleter ${randomUUID()}`
  const person = world.account('plain').objectId
  await change({ type: 'rename', user: person, tenantId, displayName: name })
  await change({ type: 'assign', user: person, role: 'Contributor', subscriptionId: subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.getByRole('link', { name: 'People', exact: true }).first().click()
  await page.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'Ask' }).click()
  await page.getByLabel('Who can do this operation?').fill('delete a virtual machine')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page
    .getByRole('link', { name: /^Delete a virtual machine/ })
    .first()
    .click()
  await page.waitForURL((url) => url.searchParams.get('operation') === DELETE_MACHINE)
  const answers = page.getByRole('table', { name: 'Answers by subscription' })
  const row = answers.getByRole('row').filter({ has: page.getByRole('link', { name: subscription.name }) })
  const said = Number(await row.getByRole('cell').first().textContent())
  expect(said).toBeGreaterThan(0)
  await expect(page.getByText('In 1 of 1 subscriptions somebody can do it, or could.')).toBeVisible()
  await inspect(page, 'answers of all subscriptions')

  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'CSV' }).click()
  expect(new URL((await file).url()).searchParams.get('list')).toBe('ask')

  await row.getByRole('link', { name: subscription.name }).click()
  await expect(page.getByText(new RegExp(`^${said} (person|people) can do it`))).toBeVisible()
  await expect(rowOf(page, name)).toBeVisible()
})
