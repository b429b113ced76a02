import { and, eq, inArray, ne } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectAttempts, connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { allow, NotFound } from '@/lib/actor'
import type { Azure } from '@/lib/azure/client/clients'
import { AzureError, problemOf } from '@/lib/azure/client/errors'
import type { ReadList } from '@/lib/azure/client/lists'
import { canListGroups } from '@/lib/azure/groups'
import type { PlacedGroup } from '@/lib/azure/management-groups'
import { canListUsers, isGuestAccount } from '@/lib/azure/people'
import { listRoleAssignments } from '@/lib/azure/role-assignments'
import { getSubscription, listSubscriptions } from '@/lib/azure/subscriptions'
import type { Subscription } from '@/lib/domain/access'
import type { OptionalScope } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { limit } from '@/lib/limits'
import { type AttemptRow, findAttempt, whereOwnAttempt } from './attempts'
import { NO_PLACES, type Placed, placeAll, readPlaces } from './places'
import { azureForAttempt } from './vault'

const GROUPS: OptionalScope = 'GroupMember.Read.All'

export type Check = {
  id: 'account' | 'subscription' | 'assignments' | 'directory' | 'groups'
  /** `warned`: something will be missing, but connecting makes sense. `skipped`: an earlier check failed. `not_asked`: left out by choice. */
  state: 'passed' | 'failed' | 'warned' | 'skipped' | 'not_asked'
  code: ProblemCode | null
  detail: string | null
  aadsts?: number
  correlationId?: string
}

export type Checked = {
  checks: Check[]
  canConnect: boolean
  /** Whether only the subscription itself cannot be connected, so that others can be without it. */
  canConnectOthers: boolean
  subscription: Subscription | null
  /** The other subscriptions that this account can read, by name. */
  others: AddableSubscription[]
  /** The management groups that they can be chosen by, as a tree: none where nobody asked, or where Azure shows none. */
  groups: PlacedGroup[]
  /** Whether there may be more of them: Azure refused the list, or rows of it could not be understood. */
  othersUnread: boolean
  /** Why Azure refused the list of them; null where it gave one. */
  othersProblem: ProblemCode | null
}

/**
 * A subscription that an account can read. `connectedAs` is the label of one that is connected already. `otherTenant` is the
 * tenant of one that belongs to another than was signed in to (Azure Lighthouse): who holds roles there is in that tenant's
 * directory, which this sign-in does not reach.
 */
export type ReadableSubscription = {
  subscriptionId: string
  name: string
  state: string
  connectedAs: string | null
  otherTenant: string | null
  /** Role assignments in the result of one that is connected; null where there is no result. Azure has no count of its own. */
  assignments: number | null
}

/** A subscription to choose. */
export type AddableSubscription = ReadableSubscription & Placed

type CheckOptions = {
  /** Whether to ask also where the other subscriptions lie, for somebody who is to choose among them. */
  withPlaces?: boolean
}

/**
 * Asks Microsoft for everything that a first sync will need. The answers are not stored, so they are always those of this
 * moment. Throws {@link NotFound} and TooMany.
 */
export async function checkAttempt(
  actor: SessionActor,
  attemptId: string,
  { withPlaces = false }: CheckOptions = {},
): Promise<Checked> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const db = await getDb(actor)
  const attempt = await findAttempt(db, actor, attemptId)
  if (!attempt) throw new NotFound('There is no such attempt.')
  const azure = attempt.expired ? null : await azureForAttempt(actor, attempt)
  if (!azure)
    return {
      checks: [failCheck('account', attempt.expired ? 'attempt_expired' : 'sign_in_expired')],
      canConnect: false,
      canConnectOthers: false,
      subscription: null,
      others: [],
      groups: [],
      othersUnread: false,
      othersProblem: null,
    }

  const { subscriptionId } = attempt
  const [subscription, assignments, users, groups, readable, placed] = await Promise.all([
    catchAzureError(getSubscription(azure, subscriptionId)),
    catchAzureError(listRoleAssignments(azure, subscriptionId)),
    catchAzureError(canListUsers(azure)),
    catchAzureError(canOpenGroups(azure)),
    catchAzureError(listSubscriptions(azure)),
    // Where they lie helps to choose, and connecting works without it.
    withPlaces ? catchAzureError(readPlaces(azure)) : { value: NO_PLACES },
  ])
  const places = placed.value ?? NO_PLACES
  // What is granted and refused all the same is the account's: a guest is told so, instead of being sent for a consent.
  const isGuest = users.value === false || groups.value === false ? await isGuestAccount(azure) : false
  await keepClaims(actor, attemptId, [subscription, assignments, users, groups])
  const checks = [
    { id: 'account' as const, state: 'passed' as const, code: null, detail: attempt.accountName },
    checkSubscription(subscription, attempt.tenantId),
    checkAssignments(assignments),
    checkDirectory(users, isGuest),
    checkGroups(groups, {
      asked: attempt.optionalScopes.includes(GROUPS),
      noGraph: users.error !== undefined,
      isGuest,
    }),
  ]
  const others = await listOtherSubscriptions(actor, attempt, readable.value?.rows ?? [])
  return {
    checks,
    canConnect: checks.every(isGoodEnough),
    canConnectOthers:
      // A reconnection is about the one subscription: others are added on the account's own page.
      attempt.connectionId === null &&
      checks.every((check) => isGoodEnough(check) || OF_THE_SUBSCRIPTION.includes(check.id)) &&
      others.some(({ connectedAs, otherTenant }) => connectedAs === null && otherTenant === null),
    subscription: subscription.value ?? null,
    others: placeAll(others, places),
    groups: places.groups,
    othersUnread: readable.value === undefined || readable.value.odd.length > 0,
    othersProblem: readable.error?.code ?? null,
  }
}

/** The checks that say something of the one subscription; the others hold for all that the account reads. */
const OF_THE_SUBSCRIPTION: readonly Check['id'][] = ['subscription', 'assignments']

const isGoodEnough = ({ state }: Check): boolean => state !== 'failed' && state !== 'skipped'

type Attempt<T> = { value: T; error?: undefined } | { value?: undefined; error: AzureError }

async function catchAzureError<T>(work: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work }
  } catch (error) {
    if (error instanceof AzureError) return { error }
    throw error
  }
}

/** Keeps the claims that Microsoft demands with a further verification, because the next sign-in must pass them on. */
async function keepClaims(actor: SessionActor, attemptId: string, answers: { error?: AzureError }[]): Promise<void> {
  const demand = answers.find(({ error }) => error?.claims)?.error
  if (!demand) return
  const db = await getDb(actor)
  await db
    .update(connectAttempts)
    .set({ problem: problemOf(demand) })
    .where(whereOwnAttempt(actor, attemptId))
}

const failCheck = (
  id: Check['id'],
  code: ProblemCode,
  error?: AzureError,
  state: Check['state'] = 'failed',
): Check => ({
  id,
  state,
  code,
  detail: null,
  aadsts: error?.aadsts,
  correlationId: error?.correlationId,
})

const passCheck = (id: Check['id'], detail: string): Check => ({ id, state: 'passed', code: null, detail })

function checkSubscription({ value, error }: Attempt<Subscription>, tenantId: string): Check {
  if (error) return failCheck('subscription', error.code, error)
  if (value.tenantId !== tenantId) return failCheck('subscription', 'subscription_moved')
  if (value.state !== 'Enabled')
    return { ...failCheck('subscription', 'subscription_disabled', undefined, 'warned'), detail: value.name }
  return passCheck('subscription', value.name)
}

/** The account's own role must be in the list, so an empty list means that it may not read (reference: wire facts 2.2). */
function checkAssignments({ value, error }: Attempt<ReadList<unknown>>): Check {
  if (error) return failCheck('assignments', error.code, error)
  if (value.rows.length === 0) return failCheck('assignments', 'reader_role_missing')
  return passCheck('assignments', `${value.rows.length}`)
}

/** Without the directory the assignments are still of use: people are shown by ID then, and the page says so. */
function checkDirectory({ value, error }: Attempt<boolean>, isGuest: boolean): Check {
  if (error)
    return failCheck('directory', error.code, error, error.code === 'directory_not_readable' ? 'warned' : 'failed')
  return value
    ? passCheck('directory', 'User.Read.All')
    : failCheck('directory', isGuest ? 'guest_account' : 'directory_not_readable', undefined, 'warned')
}

/** Whether groups can be opened; null when the permission for it is not at hand. */
async function canOpenGroups(azure: Azure): Promise<boolean | null> {
  await azure.caller.tokens.get('graph')
  return azure.caller.tokens.granted().includes(GROUPS) ? canListGroups(azure) : null
}

/** Groups are of use but not necessary, so a failed check of them never prevents connecting. */
function checkGroups(
  { value, error }: Attempt<boolean | null>,
  { asked, noGraph, isGuest }: { asked: boolean; noGraph: boolean; isGuest: boolean },
): Check {
  if (error && noGraph) return { id: 'groups', state: 'skipped', code: null, detail: null }
  if (error) return failCheck('groups', error.code, error, 'warned')
  if (value) return passCheck('groups', GROUPS)
  if (value === null && !asked) return { id: 'groups', state: 'not_asked', code: null, detail: null }
  // `false` is a refusal of what is granted; `null` is what was asked for and not granted.
  const granted = isGuest ? 'guest_account' : 'granted_but_refused'
  return failCheck('groups', value === false ? granted : 'groups_not_permitted', undefined, 'warned')
}

async function listOtherSubscriptions(
  actor: Actor,
  { subscriptionId, tenantId }: Pick<AttemptRow, 'subscriptionId' | 'tenantId'>,
  readable: Subscription[],
): Promise<ReadableSubscription[]> {
  return markConnected(
    actor,
    tenantId,
    readable.filter(({ id }) => id !== subscriptionId),
  )
}

/** Tells of subscriptions that an account can read which are connected already, and which are of another tenant than it reads. */
export async function markConnected(
  actor: Actor,
  tenantId: string,
  others: Subscription[],
): Promise<ReadableSubscription[]> {
  if (others.length === 0) return []
  const db = await getDb(actor)
  const connected = await db
    .select({
      subscriptionId: connections.subscriptionId,
      label: connections.label,
      state: connections.state,
      assignments: syncRuns.assignments,
    })
    .from(connections)
    .leftJoin(
      syncRuns,
      and(eq(syncRuns.organisationId, connections.organisationId), eq(syncRuns.id, connections.publishedRunId)),
    )
    .where(
      and(
        eq(connections.organisationId, actor.organisationId),
        ne(connections.state, 'disconnected'),
        inArray(
          connections.subscriptionId,
          others.map(({ id }) => id),
        ),
      ),
    )
  const deleting = new Set(connected.filter(({ state }) => state === 'deleting').map((row) => row.subscriptionId))
  const known = new Map(connected.map((row) => [row.subscriptionId, row]))
  return others
    .filter(({ id }) => !deleting.has(id))
    .map(({ id, name, state, tenantId: home }) => ({
      subscriptionId: id,
      name,
      state,
      connectedAs: known.get(id)?.label ?? null,
      assignments: known.get(id)?.assignments ?? null,
      otherTenant: home === tenantId ? null : home,
    }))
}
