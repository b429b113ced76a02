import type { Application, Tenant, User } from '../world/types'
import type { World } from '../world/world'
import { escapeHtml, page } from './replies'

/** An account with the tenant it lives in. */
export type Account = { homeTenant: Tenant; homeUser: User }

/** An account that is signed in with this browser, and when its person last gave their credentials, in milliseconds. */
export type RememberedAccount = Account & { authenticatedAt: number }

/** The id of an account in forms and in the cookie. */
export const accountId = ({ homeTenant, homeUser }: Account) => `${homeTenant.id}.${homeUser.id}`

/** Finds an account by its address, in any tenant. Guests sign in with the address of their home tenant. */
export function findAccountByName(world: World, name: string): Account | null {
  const wanted = name.trim().toLowerCase()
  for (const homeTenant of world.tenants.values()) {
    const homeUser = homeTenant.users
      .indexBy('own name', (one) => (one.home === null && one.userType === 'Member' ? one.userPrincipalName : null))
      .get(wanted)
    if (homeUser) return { homeTenant, homeUser }
  }
  return null
}

/** Finds the account that a page's form names, typed or picked; null when there is none. */
export function readAccount(world: World, answer: FormData): Account | null {
  const typed = answer.get('username')
  return typeof typed === 'string' ? findAccountByName(world, typed) : findAccount(world, String(answer.get('account')))
}

/** Finds an account by its id in forms and in the cookie; null when there is none. */
function findAccount(world: World, id: string): Account | null {
  const [tenantId, userId] = id.split('.')
  const homeTenant = world.tenants.get(tenantId ?? '')
  const homeUser = homeTenant?.users.get(userId ?? '')
  return homeTenant && homeUser ? { homeTenant, homeUser } : null
}

const COOKIE = 'sandbox_accounts'

const FORGET_COOKIE = `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`

/** The accounts that signed in with this browser before, the latest first. */
export function rememberedAccounts(world: World, request: Request): RememberedAccount[] {
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
  return cookie.split('|').flatMap((entry) => {
    const account = findAccount(world, entry)
    return account ? [{ ...account, authenticatedAt: Number(entry.split('.')[2]) || 0 }] : []
  })
}

/** Finds an account among those that are signed in with this browser; undefined when it is not. */
export function findRemembered(world: World, request: Request, account: Account): RememberedAccount | undefined {
  return rememberedAccounts(world, request).find((one) => accountId(one) === accountId(account))
}

/** Writes the cookie that remembers this account, and when its person gave their credentials, besides the earlier ones. */
export function rememberCookie(world: World, request: Request, account: RememberedAccount): string {
  const others = rememberedAccounts(world, request).filter((one) => accountId(one) !== accountId(account))
  const entries = [account, ...others].map((one) => `${accountId(one)}.${one.authenticatedAt}`)
  return `${COOKIE}=${entries.slice(0, 8).join('|')}; Path=/; HttpOnly; SameSite=Lax`
}

/** What the account picker shows. */
type Picking = {
  app: Application
  /** Null at common and organizations. */
  tenant: Tenant | null
  hint: string | null
  /** Whether an address was typed that belongs to no account. */
  unknown?: boolean
}

/** The page where an account is picked: the tenant's own first, then those of other tenants, then a field for any address. */
export function accountPicker(world: World, { app, tenant, hint, unknown }: Picking): Response {
  const hinted = hint ? findAccountByName(world, hint) : null
  const shown = new Set<string>()
  const section = (title: string, accounts: Account[]) => {
    const fresh = accounts.filter((account) => !shown.has(accountId(account)))
    for (const account of fresh) shown.add(accountId(account))
    return fresh.length === 0 ? '' : `<h2>${escapeHtml(title)}</h2>${fresh.map(button).join('\n')}`
  }
  const others = [...world.tenants.values()].filter((one) => one !== tenant && (tenant === null || one.demo))
  const sections = [
    hinted ? section('Suggested', [hinted]) : '',
    tenant ? section(tenant.name, [...accountsOf(tenant), ...guestsOf(world, tenant)]) : '',
    ...others.map((one) => section(one.name, accountsOf(one))),
  ]
  const problem = unknown
    ? '<p role="alert" id="problem">This username may be incorrect. Make sure that you typed it correctly.</p>'
    : ''
  return page(
    'Pick an account',
    `<p>to continue to ${escapeHtml(app.name)}${tenant ? ` at ${escapeHtml(tenant.name)}` : ''}</p>${problem}
<form method="post">${sections.join('\n')}</form>
<h2>Use another account</h2>
<form method="post"><label for="username">Email, phone, or Skype</label><input class="field" id="username" name="username" autocomplete="off" spellcheck="false"${unknown ? ' aria-invalid="true" aria-describedby="problem"' : ''} value="${escapeHtml(hinted ? '' : (hint ?? ''))}"><button>Next</button></form>`,
  )
}

const MAX_SHOWN = 50 // accounts shown of each tenant; the others can be typed

/** The accounts of a tenant that can sign in. An index, because a directory may hold hundreds of thousands that cannot. */
function accountsOf(tenant: Tenant): Account[] {
  const people = tenant.users.indexBy('account', (user) => user.account && user.id)
  return [...people.values()].slice(0, MAX_SHOWN).map((homeUser) => ({ homeTenant: tenant, homeUser }))
}

/** The home accounts of a tenant's guests. */
function guestsOf(world: World, tenant: Tenant): Account[] {
  const found: Account[] = []
  for (const user of tenant.users
    .indexBy('home', (one) => one.home && `${one.home.tenantId}/${one.home.objectId}`)
    .values()) {
    const account = user.home && findAccount(world, `${user.home.tenantId}.${user.home.objectId}`)
    if (account) found.push(account)
    if (found.length === MAX_SHOWN) break
  }
  return found
}

function button(account: Account): string {
  const { displayName, userPrincipalName } = account.homeUser
  const note = account.homeUser.account?.note ?? ''
  return `<button class="account" name="account" value="${accountId(account)}">${escapeHtml(displayName)} <span>${escapeHtml(userPrincipalName)}</span>${note ? ` <span>${escapeHtml(note)}</span>` : ''}</button>`
}

/** `/{tenant}/oauth2/v2.0/logout`: forgets the accounts, and redirects only to an origin of a known application. */
export function logout(world: World, request: Request): Response {
  const back = new URL(request.url).searchParams.get('post_logout_redirect_uri')
  const headers = { 'set-cookie': FORGET_COOKIE }
  const isKnown =
    back !== null &&
    [...world.applications.values()].some((app) =>
      app.redirectUris.some((uri) => new URL(uri).origin === URL.parse(back)?.origin),
    )
  if (isKnown) return new Response(null, { status: 302, headers: { ...headers, location: back } })
  return page('You signed out of your account', '<p>It’s a good idea to close all browser windows.</p>', { headers })
}
