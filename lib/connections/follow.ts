import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { nowAsStored } from '@/db/queries/clock'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { allow, audit, NotFound } from '@/lib/actor'
import { AzureError } from '@/lib/azure/client/errors'
import { createMeter } from '@/lib/azure/client/transport'
import { listPlaces, type Places } from '@/lib/azure/management-groups'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import type { Subscription } from '@/lib/domain/access'
import { isOfAccount, type ProblemCode } from '@/lib/domain/problems'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import { limit } from '@/lib/limits'
import { log } from '@/lib/log'
import { sendSync } from '@/lib/runs/queue'
import { openRuns } from '@/lib/runs/runs'
import {
  type AccountRow,
  FOLLOWS_NOTHING,
  findAccount,
  lockAccount,
  markReconnectNeeded,
  whereAccount,
} from './account'
import { connectWithAccount } from './connect-with-account'
import { azureForAccount } from './vault'

/** Hours between two looks for new subscriptions with one account. */
export const LOOK_EVERY_HOURS = 6

/** More subscriptions than any account reads. */
const MOST_KEPT_OUT = 20_000

type Following = {
  follows: boolean
  /** Only what lies below this management group, as Azure showed it to the account; null for everything. */
  group?: ManagementGroup | null
  /** Subscriptions that are not to be connected by themselves, beside those that are kept out already. */
  keepOut?: string[]
  /** Subscriptions that are kept out no more. */
  letIn?: string[]
}

/**
 * Lets an account follow its tenant or one management group of it, so that subscriptions which it can read newly connect
 * themselves, or ends that. To follow everything takes the list of subscriptions only, and no right on a management group. What
 * moves out of a followed group stays connected. Throws NotFound and TooMany.
 */
export async function setFollowing(
  actor: Actor,
  accountId: string,
  { follows, group = null, keepOut = [], letIn = [] }: Following,
): Promise<void> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const letInNow = new Set(letIn)
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const { name, state, excludedSubscriptionIds } = await lockAccount(tx, actor, accountId)
    if (follows && state !== 'active') throw new NotFound('The account has to be signed in again first.')
    const excluded = [...new Set([...excludedSubscriptionIds, ...keepOut])].filter((id) => !letInNow.has(id))
    if (excluded.length > MOST_KEPT_OUT)
      throw new RangeError('More subscriptions are to be left out than there can be.')
    const following = { follows: true, followedGroup: group, nextLookAt: sql`now()`, lookProblem: null }
    await tx
      .update(accounts)
      .set({ ...(follows ? following : FOLLOWS_NOTHING), excludedSubscriptionIds: excluded })
      .where(whereAccount(actor.organisationId, accountId))
    await audit(tx, actor, {
      action: 'account.follow_changed',
      subject: name,
      details: { follows, management_group: follows ? (group?.name ?? null) : null, kept_out: excluded.length },
    })
  })
}

/** How a look for new subscriptions ended: how many it connected, or why it failed. */
export type Looked = { connected: number; problem: null } | { connected: 0; problem: ProblemCode }

/**
 * Looks for new subscriptions now, because somebody asks for it, and not when the hours are over. Throws NotFound for an account
 * that follows nothing or has to be signed in again, and TooMany.
 */
export async function lookNow(actor: Actor, accountId: string): Promise<Looked> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const { follows, state } = await findAccount(actor, accountId)
  if (!follows || state !== 'active') throw new NotFound('The account follows nothing now.')
  const account = await takeAccount(actor, accountId)
  return lookWith(account, new AbortController().signal)
}

/** Accounts that are looked at in one go; the rest follow with the next. */
const ACCOUNTS_AT_ONCE = 20

/** Milliseconds that one look may take, so that the sweep, in whose job it runs, is not held up for long. */
const LOOK_MS = 60_000

/**
 * Connects what accounts that follow their tenant can read newly. Each account is looked at by one worker every
 * {@link LOOK_EVERY_HOURS} hours. A look that fails changes no connection, is logged, and is repeated then.
 *
 * @param ending aborts when the process ends; the accounts that are left are looked at by the next
 */
export async function followTenants(ending: AbortSignal): Promise<void> {
  for (const due of await listDueAccounts()) {
    if (ending.aborted) return
    const account = await takeDueAccount(due)
    if (account) await lookWith(account, ending)
  }
}

/** Looks for new subscriptions with one account, and writes down how that ended, unless the process has ended it. */
async function lookWith(account: AccountRow, ending: AbortSignal): Promise<Looked> {
  try {
    const connected = await connectNew(account, AbortSignal.any([ending, AbortSignal.timeout(LOOK_MS)]))
    if (connected > 0) log().info({ event: 'subscriptions_followed', accountId: account.id, connected })
    await markLooked(account, null)
    return { connected, problem: null }
  } catch (error) {
    const problem = error instanceof AzureError ? error.code : 'unknown'
    log().warn({ event: 'follow_failed', accountId: account.id, problem, error })
    if (!ending.aborted) await markLooked(account, problem)
    if (isOfAccount(problem)) {
      const db = await getDb(account)
      await db.transaction((tx) => markReconnectNeeded(tx, account, problem))
    }
    return { connected: 0, problem }
  }
}

/** An account that follows nothing any more says nothing of a look that was under way then. */
async function markLooked({ organisationId, id }: AccountRow, problem: ProblemCode | null): Promise<void> {
  const db = await getDb({ organisationId })
  await db
    .update(accounts)
    .set({ lookedAt: sql`now()`, lookProblem: problem })
    .where(and(whereAccount(organisationId, id), eq(accounts.follows, true)))
}

const isDue = and(eq(accounts.state, 'active'), lte(accounts.nextLookAt, nowAsStored))

/** The accounts of all organisations whose look is due, those first that have been for longest. */
async function listDueAccounts(): Promise<{ organisationId: string; id: string }[]> {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({ organisationId: accounts.organisationId, id: accounts.id })
    .from(accounts)
    .where(isDue)
    .orderBy(accounts.nextLookAt)
    .limit(ACCOUNTS_AT_ONCE)
}

/** Takes an account whose look was due; null when another worker has taken it since, or somebody is changing it. */
async function takeDueAccount({
  organisationId,
  id,
}: {
  organisationId: string
  id: string
}): Promise<AccountRow | null> {
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const [due] = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(whereAccount(organisationId, id), isDue))
      .for('update', { skipLocked: true })
    return due ? putOffLook(tx, organisationId, due.id) : null
  })
}

async function takeAccount(actor: Actor, accountId: string): Promise<AccountRow> {
  const db = await getDb(actor)
  const taken = await db.transaction((tx) => putOffLook(tx, actor.organisationId, accountId))
  if (!taken) throw new NotFound('The account follows nothing now.')
  return taken
}

/** Says that an account is being looked at, so that no worker takes it for some hours. */
async function putOffLook(tx: Transaction, organisationId: string, id: string): Promise<AccountRow | null> {
  const [taken] = await tx
    .update(accounts)
    .set({ nextLookAt: sql`now() + make_interval(hours => ${LOOK_EVERY_HOURS})` })
    .where(and(whereAccount(organisationId, id), eq(accounts.follows, true)))
    .returning()
  return taken ?? null
}

/**
 * Connects what an account can read newly, and lets those of its connections be read at once that Azure lists no more: their run
 * says what became of them. None is ever disconnected or deleted here. Gives how many subscriptions are new.
 */
async function connectNew(account: AccountRow, ending: AbortSignal): Promise<number> {
  const azure = azureForAccount(account, createMeter(), ending)
  const { followedGroup } = account
  const [{ rows, odd }, places] = await Promise.all([
    listSubscriptions(azure),
    followedGroup ? listPlaces(azure) : null,
  ])
  if (odd.length === 0) await readMissing(account, rows)
  const inRange = followedGroup && places ? chooseBelow(followedGroup, places, rows) : rows
  const wanted = (await chooseNew(account, inRange)).map(({ id, name, state }) => ({ subscriptionId: id, name, state }))
  const by = { organisationId: account.organisationId, memberId: null, name: 'Rolecall' }
  const { opened } = await connectWithAccount(by, account.id, wanted, async (_tx, now, batch) => {
    if (!now.follows || now.state !== 'active' || now.followedGroup?.id !== followedGroup?.id) return null
    return batch.filter(({ subscriptionId }) => !now.excludedSubscriptionIds.includes(subscriptionId))
  })
  return opened
}

/** The subscriptions below a management group. Throws AzureError when Azure does not show the group to the account. */
function chooseBelow(group: ManagementGroup, { above, groups }: Places, rows: Subscription[]): Subscription[] {
  const isIt = ({ id }: ManagementGroup) => id.toLowerCase() === group.id.toLowerCase()
  if (!groups.some(isIt)) throw new AzureError('followed_group_not_seen', 'The management group is not in the list.')
  return rows.filter(({ id }) => above.get(id)?.some(isIt))
}

/** Connections that are looked after in one look; the rest follow with the next. */
const MISSING_AT_ONCE = 100

/** Opens a run for connections of the account that are not among what it can read now, unless they say so already. */
async function readMissing({ organisationId, id }: AccountRow, listed: Subscription[]): Promise<void> {
  const readable = new Set(listed.map((one) => one.id))
  const db = await getDb({ organisationId })
  const own = await db
    .select({ id: connections.id, subscriptionId: connections.subscriptionId })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        eq(connections.accountId, id),
        eq(connections.state, 'active'),
      ),
    )
  const missing = own.filter(({ subscriptionId }) => !readable.has(subscriptionId)).slice(0, MISSING_AT_ONCE)
  const connectionIds = missing.map((one) => one.id)
  const runs = await db.transaction((tx) =>
    openRuns(tx, { organisationId, connectionIds, trigger: 'schedule', by: null }),
  )
  for (const run of runs) await sendSync(run)
}

/** Those of the account's own tenant that are not kept out and have no connection, in whatever state. */
async function chooseNew(account: AccountRow, rows: Subscription[]): Promise<Subscription[]> {
  const { organisationId, tenantId, excludedSubscriptionIds } = account
  const own = rows.filter((one) => one.tenantId === tenantId && one.state !== 'Deleted')
  if (own.length === 0) return []
  const db = await getDb(account)
  const known = await db
    .select({ id: connections.subscriptionId })
    .from(connections)
    .where(
      and(
        eq(connections.organisationId, organisationId),
        inArray(
          connections.subscriptionId,
          own.map(({ id }) => id),
        ),
      ),
    )
  const left = new Set([...known.map(({ id }) => id), ...excludedSubscriptionIds])
  return own.filter(({ id }) => !left.has(id))
}
