import type { Cloud } from '../clouds'
import type { DeviceCode, World } from '../world/world'
import { type Account, accountId, accountOf, accountPicker, rememberCookie } from './account-picker'
import { deviceCodeExpired, findDeviceCode } from './device-code'
import { correlationOf, describeRefusal } from './entra-error'
import { findClient } from './find-client'
import type { Subject } from './mint'
import { escapeHtml, page } from './page'
import { refusalPage } from './refusal-page'
import { parseScopes } from './scopes'
import { continueAs, type SignInJourney } from './sign-in-journey'

function codePage(problem = '', typed = ''): Response {
  const alert = problem ? `<p role="alert" id="problem">${escapeHtml(problem)}</p>` : ''
  return page(
    'Enter code to allow access',
    `<p>Enter the code displayed in your app or on your device. Do not enter codes from sources you do not trust.</p>${alert}
<form method="post"><label for="otc">Code</label><input class="field" id="otc" name="otc" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="20" value="${escapeHtml(typed)}"${problem ? ' aria-invalid="true" aria-describedby="problem"' : ''}>
<div class="actions"><button class="primary">Next</button></div></form>`,
  )
}

function confirmPage(appName: string, account: Account): Response {
  return page(
    `Are you trying to sign in to ${appName}?`,
    `<p class="soft">${escapeHtml(account.homeUser.userPrincipalName)}</p><p>Only continue if you started this sign-in yourself, on a device of yours.</p>
<form method="post"><input type="hidden" name="account" value="${accountId(account)}">
<div class="actions"><button name="consent" value="cancel">Cancel</button><button class="primary" name="consent" value="accept">Continue</button></div></form>`,
  )
}

function journeyOf(world: World, request: Request, cloud: Cloud, device: DeviceCode): SignInJourney | Response {
  const client = findClient(world, device.authority, device.clientId)
  if ('error' in client) return refusalPage(world, request, client)
  const { app, tenant } = client
  return {
    world,
    request,
    app,
    tenant,
    parsed: parseScopes(device.scope, cloud),
    prompt: null,
    another: `<p><a href="?otc=${device.userCode}">Use another account</a></p>`,
    answer: null,
    refuse: (refusal) => {
      device.state = 'declined'
      return page(
        'You have not signed in',
        `<p>${escapeHtml(app.name)} was told so. You may close this window.</p><p class="code">${escapeHtml(describeRefusal(world, refusal, correlationOf(request)))}</p>`,
      )
    },
    finish: (subject: Subject, account: Account) => {
      device.state = {
        tenantId: subject.tenant.id,
        homeTenantId: account.homeTenant.id,
        userId: account.homeUser.id,
        mfa: false,
      }
      return page(
        'You have signed in',
        `<p>You have signed in to the ${escapeHtml(app.name)} application on your device. You may now close this window.</p>`,
      )
    },
  }
}

/** The code of the address, when it can still be used; else the page that says why not (AADSTS70018, 70019). */
function deviceOf(world: World, typed: string): DeviceCode | Response {
  const device = findDeviceCode(world, typed)
  if (!device) return codePage('That code didn’t work. Check the code and try again. (AADSTS70018)', typed)
  if (deviceCodeExpired(world, device))
    return codePage('That code has expired. Ask your app or device for another. (AADSTS70019)')
  if (device.state !== 'pending') return codePage('That code was used already. Ask your app or device for another.')
  return device
}

/**
 * `/common/oauth2/deviceauth`: where a person types the code of a device, picks an account and says yes. The code goes
 * into the address, so that every later page posts to itself.
 */
export async function deviceAuth(world: World, request: Request, cloud: Cloud): Promise<Response> {
  const code = new URL(request.url).searchParams.get('otc')
  const posted = request.method === 'POST' ? await request.formData() : null
  if (code === null) {
    const typed = String(posted?.get('otc') ?? '')
    if (!posted) return codePage()
    const device = deviceOf(world, typed)
    if (device instanceof Response) return device
    return new Response(null, { status: 302, headers: { location: `deviceauth?otc=${device.userCode}` } })
  }
  const device = deviceOf(world, code)
  if (device instanceof Response) return device
  const journey = journeyOf(world, request, cloud, device)
  if (journey instanceof Response) return journey
  const { app, tenant } = journey
  if (!posted || posted.get('consent') === 'another') return accountPicker(world, { app, tenant, hint: null })
  const account = accountOf(world, posted)
  if (!account) return accountPicker(world, { app, tenant, hint: null, unknown: true })
  const answered = posted.has('consent')
  const response = answered
    ? continueAs({ ...journey, answer: posted }, account)
    : continueAs({ ...journey, finish: () => confirmPage(app.name, account) }, account)
  response.headers.append('set-cookie', rememberCookie(world, request, account))
  return response
}
