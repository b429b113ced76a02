import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { beginApplicationAccount } from './applications'
import { ask } from './ask'
import { prepareExport } from './exports'
import { makeFeed } from './feeds'
import { type Account, change, control, type MadeWorld } from './sandbox'
import { shareNewView } from './saved-views'
import { connect, signIn, type test } from './test'

type World = Parameters<Parameters<typeof test>[2]>[0]['world']

/** A browser's cookies of the portal, as one header. */
export async function cookieOf(context: BrowserContext): Promise<string> {
  const cookies = await context.cookies(String(process.env.PORTAL_URL))
  return cookies
    .filter(({ name }) => name.startsWith('rolecall.'))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

/** Signs an account in in a browser of its own and gives the cookie of its session. */
export async function sessionOf(browser: Browser, account: Account): Promise<string> {
  const page = await browser.newPage()
  await signIn(page, account)
  const cookie = await cookieOf(page.context())
  await page.context().close()
  return cookie
}

/** The owner of an organisation that has nothing to do with anyone else's. */
export async function stranger(browser: Browser): Promise<string> {
  const made = await control<MadeWorld>('POST', 'worlds', { seed: randomUUID(), name: 'Northwind', people: 2 })
  const owner = made.accounts.find(({ kind }) => kind === 'owner')
  if (!owner) throw new Error('The world has no owner.')
  return sessionOf(browser, owner)
}

/** The list of which the victim shares a view. */
const SHARED_VIEW = '/people?min=writes'

export type Victim = Awaited<ReturnType<typeof victim>>

/** An organisation with something to lose: a connected subscription, an attempt, an application account that was begun, a feed, a prepared export, a shared view, a viewer, and names found nowhere else. */
export async function victim(page: Page, world: World) {
  const owner = world.account('owner')
  const personName = `Quenby ${randomUUID()}`
  await change({ type: 'rename', user: owner.objectId, tenantId: world.tenantId, displayName: personName })
  await signIn(page, owner)
  await connect(page, world)
  const attemptId = idIn(page.url(), 'connect')
  await page.getByRole('link', { name: 'See who has access' }).click()
  await page.waitForURL((url) => !url.pathname.includes('/connect/'))
  const cookie = await cookieOf(page.context())
  const accountId = idIn((await ask('/integrations/azure', { cookie })).body, 'accounts')
  const connectionId = idIn(page.url(), 'azure')
  const draftId = await beginApplicationAccount(page, world, { clientId: world.tenantId, objectId: '' })
  const { feedId, token: feedToken } = await makeFeed(page, `Access ${randomUUID()}`)
  const exportId = await prepareExport(page, `/integrations/azure/${connectionId}/export`)
  const viewName = `Writers ${randomUUID()}`
  await shareNewView(page, SHARED_VIEW, viewName)
  const viewId = viewIdIn((await ask(SHARED_VIEW, { cookie })).body)
  const made = { attemptId, accountId, draftId, feedId, exportId, viewId }
  const ids = { connectionId, ...made, changeId: accountId, personId: owner.objectId }
  return {
    ...ids,
    cookie,
    feedToken,
    /** What stands in no answer to anyone else. The ids that they ask with come back in the address, so not those. */
    marks: [personName, viewName, world.domain, world.subscription.id, world.tenantId],
    /** Everything of the organisation that an action could change, in words. */
    state: async () => {
      const own = `/integrations/azure/${ids.connectionId}`
      const paths = [
        '/integrations',
        '/integrations/azure',
        own,
        `${own}/runs`,
        `${own}/settings`,
        SHARED_VIEW,
        '/settings/members',
        '/settings/feeds',
        '/settings/exports',
        // Changes only: a refused call is written down as well, and changes nothing.
        '/settings/audit?kind=change',
      ]
      const answers = await Promise.all(paths.map((path) => ask(path, { cookie })))
      return answers.map(({ status, body, path }) => ({ path, status, words: wordsOf(body) }))
    },
  }
}

/** The id that follows a folder in an address. */
function idIn(url: string, folder: string): string {
  const found = new RegExp(`/${folder}/([0-9a-f-]{36})`).exec(url)?.[1]
  if (!found) throw new Error(`No id after ${folder} in ${url}.`)
  return found
}

/** The id of the one saved view of a page, as a form that changes it names it. */
function viewIdIn(html: string): string {
  const found = /\[&quot;([0-9a-f-]{36})&quot;/.exec(html)?.[1]
  if (!found) throw new Error('No form of the page names a saved view.')
  return found
}

/** The words of a page in no order, since what is streamed may come later; without the times, which pass. */
function wordsOf(html: string): string[] {
  const shown = html.replace(/<(script|style|time|title)\b[^>]*>.*?<\/\1>/gs, '')
  const values = [...shown.matchAll(/<option[^>]*selected[^>]*>([^<]*)/g)].map(([, value]) => `chosen: ${value}`)
  return [...shown.split(/<[^>]*>/).map((text) => text.trim()), ...values].filter(Boolean).sort()
}

/** The id of a member, as the members page gives it to the form that changes their role. */
export async function memberIdOf(cookie: string, account: Account): Promise<string> {
  const { body } = await ask('/settings/members', { cookie })
  const found = new RegExp(`"id":"([0-9a-f-]{36})","name":"${account.name}"`).exec(body.replaceAll('\\', ''))?.[1]
  if (!found) throw new Error(`The members page does not name ${account.name}.`)
  return found
}
