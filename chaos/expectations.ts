import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'
import { accountSecrets } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'

/** What a connection may be: there and in use, ended with its data kept, being deleted, or gone. */
export type Being = 'connected' | 'disconnected' | 'deleting' | 'gone'

/**
 * What must be so after everything that was answered with success, and may be so after everything that failed: an action
 * that fails either happened or did not, and until that is seen both are allowed.
 */
export class Expectations {
  #being = new Set<Being>(['gone'])
  #label = new Set<string>()
  #schedule = new Set<string>(['daily'])
  readonly #runs = new Set<string>()
  readonly #audited: string[] = []

  /** A connection that is made anew has the name of its subscription as its label. */
  constructor(private readonly firstLabel: string) {
    this.#label.add(firstLabel)
  }

  /** What the connection was seen or told to be; `disconnected` when that is possible too, for whoever chooses a next step. */
  get being(): Being {
    return [...this.#being][0] ?? 'gone'
  }

  /** An action that leads to this was answered with success (`acknowledged`), or failed. */
  expectBeing(being: Being, acknowledged: boolean): void {
    this.#being = acknowledged ? new Set([being]) : this.#being.add(being)
    // A subscription that is connected anew has the schedule and the label of a new connection.
    if (being === 'gone' || this.#being.has('gone')) {
      this.#label.add(this.firstLabel)
      this.#schedule.add('daily')
    }
  }

  expectLabel(label: string, acknowledged: boolean): void {
    this.#label = acknowledged ? new Set([label]) : this.#label.add(label)
    if (acknowledged) this.expectAudit('connection.renamed', label)
  }

  expectSchedule(schedule: string, acknowledged: boolean): void {
    this.#schedule = acknowledged ? new Set([schedule]) : this.#schedule.add(schedule)
  }

  /** A run that was asked for with success. */
  expectRun(runId: string): void {
    this.#runs.add(runId)
  }

  expectAudit(action: string, subject: string): void {
    this.#audited.push(`${action} of ${subject}`)
  }

  /**
   * Compares with what is stored, and gives a sentence for each thing that was lost. What is seen now is what is so from
   * here on. `settled`: nothing is under way any more, so runs have ended and deletions are complete.
   */
  check({ row, runs, openRuns, audited }: StoredFacts, settled: boolean): string[] {
    const lost: string[] = []
    const being = !row ? 'gone' : row.state === 'disconnected' || row.state === 'deleting' ? row.state : 'connected'
    // Deletion may take until everything has settled.
    const isBeingDeleted = !settled && being === 'deleting' && this.#being.has('gone')
    if (!isBeingDeleted && !this.#being.has(being))
      lost.push(`The connection is ${being}, and should be ${[...this.#being].join(' or ')}.`)
    if (!isBeingDeleted) this.#being = new Set([being])
    if (row && being === 'connected') {
      if (!this.#label.has(row.label)) lost.push(`The label is ${row.label}, not ${[...this.#label].join(' or ')}.`)
      if (!this.#schedule.has(row.schedule))
        lost.push(`The schedule is ${row.schedule}, not ${[...this.#schedule].join(' or ')}.`)
      this.#label = new Set([row.label])
      this.#schedule = new Set([row.schedule])
    }
    if (row && (being === 'connected') !== row.hasSecret)
      lost.push(`The connection is ${being}, and ${row.hasSecret ? 'still has a' : 'has no'} sealed sign-in.`)
    // A deletion takes them before it takes the connection.
    if (being === 'gone' || isBeingDeleted) this.#runs.clear()
    const gone = [...this.#runs].filter((id) => !runs.includes(id))
    if (gone.length > 0) lost.push(`Runs that were asked for are not stored: ${gone.join(', ')}.`)
    const open = openRuns.filter((id) => this.#runs.has(id))
    if (settled && open.length > 0) lost.push(`Runs that were asked for are still open: ${open.join(', ')}.`)
    const written = new Set(audited)
    const missing = this.#audited.filter((line) => !written.has(line))
    return [...lost, ...missing.map((line) => `${line} succeeded and is not in the audit log.`)]
  }
}

/** What expectations are compared with. `audited`: action and subject of every audit event. */
export type StoredFacts = {
  row: Awaited<ReturnType<typeof findConnectionRow>>
  runs: string[]
  openRuns: string[]
  audited: string[]
}

/** Whose connection is meant. */
export type Place = { owner: { organisationId: string }; subscription: { id: string } }

/** Reads what expectations are compared with. */
export async function readFacts(place: Place): Promise<StoredFacts> {
  const { organisationId } = place.owner
  const db = await getDbOfEveryOrganisation()
  const events = await db
    .select({ action: auditEvents.action, subject: auditEvents.subject })
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, organisationId))
  return {
    row: await findConnectionRow(place),
    runs: await listRuns(organisationId),
    openRuns: await listOpenRuns(organisationId),
    audited: events.map(({ action, subject }) => `${action} of ${subject}`),
  }
}

export const listOpenRuns = (organisationId: string) =>
  listRuns(organisationId, inArray(syncRuns.state, ['queued', 'running']))

async function listRuns(organisationId: string, only?: SQL): Promise<string[]> {
  const db = await getDbOfEveryOrganisation()
  const own = eq(syncRuns.organisationId, organisationId)
  const rows = await db.select({ id: syncRuns.id }).from(syncRuns).where(and(own, only))
  return rows.map(({ id }) => id)
}

/** The stored connection of a tenant's subscription, with whether it has a sealed sign-in; null when there is none. */
export async function findConnectionRow({ owner, subscription }: Place) {
  const db = await getDbOfEveryOrganisation()
  const [found] = await db
    .select({
      id: connections.id,
      label: connections.label,
      schedule: connections.schedule,
      state: connections.state,
      stateReason: connections.stateReason,
      publishedAt: connections.publishedAt,
      hasSecret: sql<boolean>`${accountSecrets.accountId} is not null`,
    })
    .from(connections)
    .leftJoin(
      accountSecrets,
      and(
        eq(accountSecrets.organisationId, connections.organisationId),
        eq(accountSecrets.accountId, connections.accountId),
      ),
    )
    .where(and(eq(connections.organisationId, owner.organisationId), eq(connections.subscriptionId, subscription.id)))
  return found ?? null
}
