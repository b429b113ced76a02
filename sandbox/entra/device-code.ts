import { randomBytes, randomInt } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { DeviceCode, World } from '../world/world'
import { type Account, accountId, accountPicker, readAccount, rememberCookie } from './accounts'
import { findClient } from './client'
import { parseScopes, scopeRefusal } from './permissions'
import { REFUSALS } from './refusals'
import { correlationOf, describeRefusal, escapeHtml, page, refusalPage, refuse } from './replies'
import { continueAs, type SignInJourney } from './sign-in'
import type { Subject } from './tokens'

const LIFETIME_SECONDS = 900 // fifteen minutes, as Microsoft documents
const POLL_SECONDS = 5
const MAX_CODES = 1_000 // the oldest codes are forgotten first
const CODE_SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const PAGE = 'https://microsoft.com/devicelogin'
/** In the national clouds (recalled, not verified). */
const PAGES: Readonly<Record<string, string>> = {
  usgov: 'https://microsoft.com/deviceloginus',
  china: 'https://microsoft.com/deviceloginchina',
}

/**
 * `/{tenant}/oauth2/v2.0/devicecode`: issues a code. At Microsoft the address in the reply redirects to
 * `/common/oauth2/deviceauth` of the login host. Source: Microsoft's "OAuth 2.0 device authorization grant".
 */
export async function deviceCode(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const client = findClient(world, authority, form.get('client_id') ?? '')
  if ('error' in client) return refuse(world, request, client)
  const scope = form.get('scope') ?? ''
  if (!scope) return refuse(world, request, REFUSALS.missing('scope'))
  const refusal = scopeRefusal(client.app, client.tenant, authority, parseScopes(scope, cloud))
  if (refusal) return refuse(world, request, refusal)
  const device_code = randomBytes(72).toString('base64url')
  const user_code = Array.from({ length: 9 }, () => CODE_SIGNS[randomInt(CODE_SIGNS.length)]).join('')
  const issued: DeviceCode = {
    userCode: user_code,
    clientId: client.app.clientId,
    authority,
    scope,
    issuedAt: world.now(),
    state: 'pending',
  }
  world.deviceCodes.set(device_code, issued)
  const oldest = world.deviceCodes.keys().next().value
  if (world.deviceCodes.size > MAX_CODES && oldest) world.deviceCodes.delete(oldest)
  const verification_uri = PAGES[cloud.name] ?? PAGE
  return Response.json({
    user_code,
    device_code,
    verification_uri,
    expires_in: LIFETIME_SECONDS,
    interval: POLL_SECONDS,
    message: `To sign in, use a web browser to open the page ${verification_uri} and enter the code ${user_code} to authenticate.`,
  })
}

/** Whether a device code is older than it may be. */
export function isDeviceCodeExpired(world: World, device: DeviceCode): boolean {
  return world.now() - device.issuedAt > LIFETIME_SECONDS * 1000
}

/**
 * `/common/oauth2/deviceauth`: a person types the code of a device, picks an account and confirms. The code is put into
 * the address, so that every later page posts to itself.
 */
export async function deviceAuth(world: World, request: Request, cloud: Cloud): Promise<Response> {
  const code = new URL(request.url).searchParams.get('otc')
  const posted = request.method === 'POST' ? await request.formData() : null
  if (code === null) {
    const typed = String(posted?.get('otc') ?? '')
    if (!posted) return codePage()
    const device = findUsableDeviceCode(world, typed)
    if (device instanceof Response) return device
    return new Response(null, { status: 302, headers: { location: `deviceauth?otc=${device.userCode}` } })
  }
  const device = findUsableDeviceCode(world, code)
  if (device instanceof Response) return device
  const journey = createJourney(world, request, cloud, device)
  if (journey instanceof Response) return journey
  const { app, tenant } = journey
  if (!posted || posted.get('consent') === 'another') return accountPicker(world, { app, tenant, hint: null })
  const account = readAccount(world, posted)
  if (!account) return accountPicker(world, { app, tenant, hint: null, unknown: true })
  const isAnswered = posted.has('consent')
  const response = isAnswered
    ? continueAs({ ...journey, answer: posted }, account)
    : continueAs({ ...journey, finish: () => confirmPage(app.name, account) }, account)
  response.headers.append('set-cookie', rememberCookie(world, request, { ...account, authenticatedAt: world.now() }))
  return response
}

/** Finds a code that can still be used, else the page that says why not (AADSTS70018, 70019). */
function findUsableDeviceCode(world: World, typed: string): DeviceCode | Response {
  const device = findDeviceCode(world, typed)
  if (!device) return codePage('That code didn’t work. Check the code and try again. (AADSTS70018)', typed)
  if (isDeviceCodeExpired(world, device))
    return codePage('That code has expired. Ask your app or device for another. (AADSTS70019)')
  if (device.state !== 'pending') return codePage('That code was used already. Ask your app or device for another.')
  return device
}

/** Finds the sign-in of a code that was typed in any case, with or without spaces. */
function findDeviceCode(world: World, typed: string): DeviceCode | undefined {
  const userCode = typed.replaceAll(/[\s-]/g, '').toUpperCase()
  return [...world.deviceCodes.values()].find((one) => one.userCode === userCode)
}

/** The sign-in behind a device code, which ends on a page and in the state of the code. */
function createJourney(world: World, request: Request, cloud: Cloud, device: DeviceCode): SignInJourney | Response {
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
