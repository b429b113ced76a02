import type { Page } from '@playwright/test'
import { expect, goToMicrosoft, pickAccount, signIn, test } from './support/test'

/** An administrator's approval, and other returns from Microsoft that were not begun in this browser. */

const RETURNS = ['/api/auth/callback/azure-ad', '/api/azure/callback', '/api/azure/admin-consent']
const DECLINED = 'error=access_denied&error_description=AADSTS65004%3a+User+declined+%3Cb%3Ehere%3C%2Fb%3E'

/** Opens every address to which Microsoft may send an approval back, and expects these words there. */
async function expectEverywhere(page: Page, query: string, title: string) {
  for (const path of RETURNS) {
    await page.goto(`${path}?${query}`)
    await expect(page.getByText(title), path).toBeVisible()
    expect(new URL(page.url()).pathname, path).toBe('/approved')
    expect(new URL(page.url()).search, path).toMatch(/^\?outcome=[a-z_]+$/)
  }
}

/** The page that Microsoft's own portal opens for `Grant admin consent`: it names neither an address nor a state. */
async function openApprovalOfMicrosoftsPortal(page: Page, tenantId: string, clientId: string) {
  await page.goto(
    `${process.env.SANDBOX_URL}/login.microsoftonline.com/${tenantId}/adminconsent?client_id=${encodeURIComponent(clientId)}`,
  )
}

/** Begins to sign in to the portal and stops at Microsoft's account picker; gives the request's query. */
async function beginSignIn(page: Page): Promise<URLSearchParams> {
  await page.goto('/signin?error=SessionExpired')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await page.waitForURL(/\/authorize\?/)
  return new URL(page.url()).searchParams
}

test('an approval begun in Microsoft’s portal ends at the approval page, signed out and signed in', async ({
  page,
  world,
}) => {
  const clientId = String((await beginSignIn(page)).get('client_id'))
  await openApprovalOfMicrosoftsPortal(page, world.tenantId, clientId)
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('The permissions were not accepted')).toBeVisible()

  await openApprovalOfMicrosoftsPortal(page, world.tenantId, clientId)
  await pickAccount(page, world.account('plain'))
  await page.getByRole('button', { name: /Return to the application/ }).click()
  await expect(page.getByText('This account may not approve for the whole tenant')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Go to Integrations' })).toHaveCount(0)

  await signIn(page, world.account('owner'))
  await openApprovalOfMicrosoftsPortal(page, world.tenantId, clientId)
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('heading', { name: 'Approved', exact: true })).toBeVisible()
  await page.getByRole('link', { name: 'Go to Integrations' }).click()
  await expect(page.getByText('No subscription is connected yet')).toBeVisible()
})

test('an approval or a refusal is told apart at every registered address, with a spoiled state too', async ({
  page,
  world,
}) => {
  const approved = 'Microsoft reports that Rolecall was approved for your tenant'
  const granted = `admin_consent=True&tenant=${world.tenantId}`
  for (const signedIn of [false, true]) {
    if (signedIn) await signIn(page, world.account('owner'))
    await expectEverywhere(page, granted, approved)
    await expectEverywhere(page, `${granted}&scope=x&state=abcSign+in+to+your+account`, approved)
    await expectEverywhere(page, `admin_consent=False&tenant=${world.tenantId}`, 'The permissions were not accepted')
    await expectEverywhere(page, `${DECLINED}&${granted}`, 'The permissions were not accepted')
    await expectEverywhere(page, DECLINED, 'The permissions were not accepted')
    await expectEverywhere(page, 'admin_consent=//evil.example', 'Microsoft did not report an approval')
  }
})

test('an approval uses up no sign-in that is under way, whatever state it carries', async ({ page, world }) => {
  const owner = world.account('owner')
  const approvalWith = (state: string | null) => `admin_consent=True&tenant=${world.tenantId}&state=${state}`
  const portal = await beginSignIn(page)
  const picker = page.url()
  await page.goto(`/api/auth/callback/azure-ad?${approvalWith(portal.get('state'))}`)
  await expect(page.getByRole('heading', { name: 'Approved', exact: true })).toBeVisible()
  await page.goto(picker)
  await pickAccount(page, owner)
  await page.waitForURL('**/integrations')

  await goToMicrosoft(page, world.subscription.id)
  await page.waitForURL(/\/authorize\?/)
  const wizard = page.url()
  await page.goto(`/api/azure/callback?${approvalWith(new URL(wizard).searchParams.get('state'))}`)
  await expect(page.getByRole('heading', { name: 'Approved', exact: true })).toBeVisible()
  await page.goto(wizard)
  await pickAccount(page, owner)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
})

test('a member who lands on a sign-in return that was not begun here is led on; anyone else may sign in', async ({
  page,
  world,
}) => {
  const strays = ['', 'code=stolen', 'code=stolen&state=never-made', 'error=server_error&state=never-made']
  for (const stray of strays) {
    await page.goto(`/api/auth/callback/azure-ad?${stray}`)
    await expect(page.getByText('The sign-in was not finished'), stray).toBeVisible()
  }

  await signIn(page, world.account('owner'))
  for (const stray of strays) {
    await page.goto(`/api/auth/callback/azure-ad?${stray}&callbackUrl=https://evil.example`)
    await expect(page.getByText('No subscription is connected yet'), stray).toBeVisible()
    expect(new URL(page.url()).pathname, stray).toBe('/integrations')
  }

  // A sign-in that this browser did begin, and that Microsoft refuses, is still told.
  const state = (await beginSignIn(page)).get('state')
  await page.goto(`/api/auth/callback/azure-ad?error=access_denied&state=${state}`)
  await expect(page.getByText('The sign-in was not finished')).toBeVisible()
})
