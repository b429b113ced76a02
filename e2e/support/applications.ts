import type { Page } from '@playwright/test'
import { change } from './sandbox'
import { expect, type World } from './test'

type Application = { clientId: string; objectId: string }

const THREE = ['User.Read.All', 'GroupMember.Read.All', 'Application.Read.All']

/** What an administrator does with the commands that the pages show, apart from the credential. */
export async function registerApplication(
  { tenantId, subscriptions }: Pick<World, 'tenantId' | 'subscriptions'>,
  roles = THREE,
): Promise<Application> {
  const { result: made } = (await change({ type: 'add_application', tenantId, displayName: 'Access reader' })) as {
    result: Application
  }
  const { clientId, objectId: principalId } = made
  for (const { id: subscriptionId } of subscriptions)
    await change({ type: 'assign', tenantId, principalId, role: 'Reader', subscriptionId })
  await change({ type: 'grant_app_roles', tenantId, clientId, roles })
  return made
}

/** Registers the certificate that the page shows within its command. */
export async function registerShownCertificate(page: Page, clientId: string) {
  const command = await page.getByText('BEGIN CERTIFICATE').textContent()
  expect(command).not.toContain('PRIVATE')
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(command ?? '')?.[0]
  await change({ type: 'add_certificate', clientId, certificate })
}

/** Begins an application account whose certificate is made here. Gives the id of the draft. */
export async function beginApplicationAccount(
  page: Page,
  world: Pick<World, 'domain'>,
  { clientId }: Application,
): Promise<string> {
  await page.goto('/integrations/azure')
  await page.getByRole('link', { name: 'Add an application account' }).click()
  await page.getByLabel('Tenant').fill(world.domain)
  await page.getByLabel('Client ID').fill(clientId)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(/\/applications\/[0-9a-f-]{36}$/)
  return page.url().split('/').at(-1) ?? ''
}

/** Goes from the accounts to an application account that is added. Gives its id. */
export async function addApplicationAccount(
  page: Page,
  world: Pick<World, 'domain'>,
  application: Application,
): Promise<string> {
  await beginApplicationAccount(page, world, application)
  await expect(page.getByText('The certificate is not accepted')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add the account' })).toBeDisabled()
  await registerShownCertificate(page, application.clientId)
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByText('Microsoft accepts the application and its credential.')).toBeVisible()
  await page.getByRole('button', { name: 'Add the account' }).click()
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}\/add$/)
  return page.url().split('/').at(-2) ?? ''
}
