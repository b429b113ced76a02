import type { Tenant, User } from '../world/types'
import type { World } from '../world/world'
import { escapeHtml, page } from './page'

export type Account = { homeTenant: Tenant; homeUser: User }

const COOKIE = 'sandbox_accounts'

/** An account as forms and the cookie name it. */
export const accountId = ({ homeTenant, homeUser }: Account) => `${homeTenant.id}.${homeUser.id}`

/** The account behind such a name, or null. */
export function findAccount(world: World, id: string): Account | null {
  const [tenantId, userId] = id.split('.')
  const homeTenant = world.tenants.get(tenantId ?? '')
  const homeUser = homeTenant?.users.get(userId ?? '')
  return homeTenant && homeUser ? { homeTenant, homeUser } : null
}

/** The account of a typed address, wherever it lives. Guests sign in with their own address. */
export function findAccountByName(world: World, name: string): Account | null {
  const wanted = name.trim().toLowerCase()
  for (const homeTenant of world.tenants.values()) {
    const homeUser = homeTenant.users
      .by('own name', (one) => (one.home === null && one.userType === 'Member' ? one.userPrincipalName : null))
      .get(wanted)
    if (homeUser) return { homeTenant, homeUser }
  }
  return null
}

/** Whoever signed in with this browser before. */
export function rememberedAccounts(world: World, request: Request): Account[] {
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
  return cookie.split('|').flatMap((id) => findAccount(world, id) ?? [])
}

/** The cookie that remembers one more account. */
export function rememberCookie(world: World, request: Request, account: Account): string {
  const ids = new Set([accountId(account), ...rememberedAccounts(world, request).map(accountId)])
  return `${COOKIE}=${[...ids].slice(0, 8).join('|')}; Path=/; HttpOnly; SameSite=Lax`
}

export const FORGET_COOKIE = `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`

function accountsOf(tenant: Tenant): Account[] {
  return [...tenant.users.values()]
    .filter((user) => user.account !== null)
    .map((homeUser) => ({ homeTenant: tenant, homeUser }))
}

function guestsOf(world: World, tenant: Tenant): Account[] {
  return [...tenant.users.values()].flatMap((user) =>
    user.home ? (findAccount(world, `${user.home.tenantId}.${user.home.objectId}`) ?? []) : [],
  )
}

function button(account: Account): string {
  const { displayName, userPrincipalName } = account.homeUser
  const note = account.homeUser.account?.note ?? ''
  return `<button class="account" name="account" value="${accountId(account)}">${escapeHtml(displayName)} <span>${escapeHtml(userPrincipalName)}</span>${note ? ` <span>${escapeHtml(note)}</span>` : ''}</button>`
}

/** The page where an account is picked: the tenant's own first, then those of elsewhere, then any address. */
export function accountPicker(world: World, tenant: Tenant | null, hint: string | null, problem = ''): Response {
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
  return page(
    'Pick an account',
    `<p>to continue to Rolecall${tenant ? ` at ${escapeHtml(tenant.name)}` : ''}</p>${problem ? `<p role="alert">${escapeHtml(problem)}</p>` : ''}
<form method="post">${sections.join('\n')}</form>
<h2>Use another account</h2>
<form method="post"><label for="username">Email, phone, or Skype</label><input class="field" id="username" name="username" autocomplete="off" spellcheck="false" value="${escapeHtml(hinted ? '' : (hint ?? ''))}"><button>Next</button></form>`,
  )
}
