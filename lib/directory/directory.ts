import { setImmediate as letOthersWork } from 'node:timers/promises'
import type { Azure } from '@/lib/azure/client/clients'
import { PATIENCE } from '@/lib/azure/client/retry'
import { planGroups } from '@/lib/azure/group-plan'
import type { PrincipalFacts, ReadGroup } from '@/lib/domain/access'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import type { GroupPlan } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { KnownReadings } from './known-readings'
import { type DirectoryReading, readDirectory, type WantedOfDirectory } from './read-directory'
import {
  type Claimant,
  claimReading,
  endClaim,
  loadReadings,
  loadRemembered,
  type SharedKey,
  type SharedRemembered,
  shareReading,
} from './shared-readings'
import { type DirectoryOwner, storedDirectoryOf } from './stored-directory'

/** What one connection needs of its account's directory, and the readings that it is from, the newest first. */
export type DirectoryPart = {
  readings: DirectoryReading[]
  /** The groups that its access runs through: the roots and all groups inside them. */
  groups: Map<string, ReadGroup>
  readingOf: ReadonlyMap<string, DirectoryReading>
  sizes: ReadonlyMap<string, number>
  /** Everyone and everything in these groups, their owners, and whom its assignments name; and the reading that tells it of each. */
  principals: Map<string, PrincipalFacts>
  readingOfPrincipal: ReadonlyMap<string, DirectoryReading>
  plan: GroupPlan
}

/** What is known of a directory, and since when it counts. */
type Fresh = { known: KnownReadings; since: Date }

type Asked = {
  owner: DirectoryOwner
  /** The run that asks: what it claims to read ends with it. */
  run: Claimant
  wanted: WantedOfDirectory
  /** What was read before this moment, by the clock of the database, is too old. */
  since: Date
  /** Whether to list everything, since somebody wants what is there now: what Graph tells of changes comes with a delay. */
  listsAll: boolean
  /** What other runs of the account, which wait to be carried out, will want as well. */
  alsoWanted: () => Promise<WantedOfDirectory>
  granted: readonly string[]
  report: Report
}

/**
 * What this process knows to have been read of one account's directory lately, and the reading that is under way.
 * It is of one sign-in with one set of permissions: another one is shown more, or less.
 */
type Recent = {
  key: SharedKey
  known: KnownReadings
  /** What the next reading need not list again. */
  remembered: SharedRemembered | null
  /** When the newest reading began of what workers share, as far as this process has seen it. */
  sharedUpTo: Date | null
  underWay: Promise<unknown>
  forgetting: NodeJS.Timeout | null
}

const recentOf = new Map<string, Recent>()

/**
 * Gives what a connection needs of its account's directory. What was read since `since` is taken as it is, whichever worker has
 * read it; what is missing is read, together with what other runs will want, while these wait for it instead of reading it too.
 */
export async function readThrough(azure: Azure, asked: Asked): Promise<DirectoryPart> {
  const recent = findRecent(asked)
  const part = recent.underWay.then(() => takeOrRead(recent, azure, asked))
  // Whoever comes next waits for this one. If it fails, its own run tells why, and the next one reads.
  recent.underWay = part.catch(() => undefined)
  return part
}

function findRecent({ owner, granted }: Pick<Asked, 'owner' | 'granted'>): Recent {
  const { organisationId, id, signIns, directoryEpoch: epoch } = owner
  const key = { organisationId, accountId: id, signIns, epoch, granted: granted.toSorted().join(' ') }
  const name = Object.values(key).join(' ')
  const recent = recentOf.get(name) ?? {
    ...{ key, known: new KnownReadings(), remembered: null, sharedUpTo: null },
    ...{ underWay: Promise.resolve(), forgetting: null },
  }
  recentOf.set(name, recent)
  if (recent.forgetting) clearTimeout(recent.forgetting)
  // What nobody has used for as long as this is too old for everyone.
  recent.forgetting = setTimeout(() => recentOf.delete(name), FRESH_MINUTES * 60_000).unref()
  return recent
}

/** Milliseconds between two looks whether another worker has read the directory by now. Most readings take some seconds. */
const LOOK_AGAIN_MS = 500

async function takeOrRead(recent: Recent, azure: Azure, asked: Asked): Promise<DirectoryPart> {
  const { wanted, since, run } = asked
  const { signal, patience = PATIENCE } = azure.caller
  const fresh = { known: recent.known, since }
  signal?.throwIfAborted()
  while (lacksAny(wanted, fresh)) {
    const isClaimed = await claimReading(recent.key, run)
    try {
      await takeShared(recent)
      if (!lacksAny(wanted, fresh)) break
      if (isClaimed) {
        recent.remembered =
          (await loadRemembered(recent.key, recent.remembered?.readingId ?? null)) ?? recent.remembered
        const made = await readAndShare(recent, azure, asked)
        return partOf(fresh, wanted, made)
      }
    } finally {
      if (isClaimed) await endClaim(recent.key, run)
    }
    await patience.wait(LOOK_AGAIN_MS, signal)
    signal?.throwIfAborted()
  }
  return partOf(fresh, wanted, null)
}

/** Adds what other workers have read since the last look. One reads at a time, so that no reading began before one that is known. */
async function takeShared(recent: Recent): Promise<void> {
  recent.known.add(await loadReadings(recent.key, recent.sharedUpTo))
  recent.sharedUpTo = recent.known.newest?.beganAt ?? null
}

/** Reads what is lacking, also for other runs, and shares it with the other workers. */
async function readAndShare(recent: Recent, azure: Azure, asked: Asked): Promise<DirectoryReading> {
  const { owner, run, wanted, since, listsAll, granted, report } = asked
  const fresh = { known: recent.known, since }
  const lacking = withoutRead(wanted, fresh)
  const more = withoutRead(await asked.alsoWanted(), fresh)
  const all = {
    roots: [...new Set([...lacking.roots, ...more.roots])],
    // Its own come first: of last sign-ins only so many are read.
    principals: new Map([...lacking.principals, ...[...more.principals].filter(([id]) => !lacking.principals.has(id))]),
  }
  const { reading, remembered } = await readDirectory(azure, all, {
    ...{
      directory: storedDirectoryOf(owner),
      remembered: recent.remembered?.remembered ?? null,
      listsAll,
      granted,
      report,
    },
  })
  recent.known.add([reading])
  const isNew = remembered !== (recent.remembered?.remembered ?? null)
  if (isNew) recent.remembered = remembered && { readingId: reading.id, remembered }
  recent.sharedUpTo = reading.beganAt
  await letOthersWork() // to pack a large reading takes a while, as it did to make it
  await shareReading(recent.key, run, reading, isNew ? remembered : null)
  await letOthersWork()
  return reading
}

/** Whether anything that is wanted is in none of the readings. Something was always read, if only that nothing is wanted. */
function lacksAny(wanted: WantedOfDirectory, { known, since }: Fresh): boolean {
  const { newest } = known
  return (
    !newest ||
    newest.beganAt < since ||
    wanted.roots.some((id) => !known.withGroup(id, since)) ||
    wanted.principals.keys().some((id) => !known.withPrincipal(id, since))
  )
}

/** What is wanted and in none of the readings. */
function withoutRead({ roots, principals }: WantedOfDirectory, { known, since }: Fresh): WantedOfDirectory {
  return {
    roots: roots.filter((id) => !known.withGroup(id, since)),
    principals: new Map([...principals].filter(([id]) => !known.withPrincipal(id, since))),
  }
}

/**
 * What a connection needs of these readings, of each group what the newest one says.
 *
 * @param made the reading that was made for it, if one was
 */
function partOf(
  { known, since }: Fresh,
  { roots, principals: named }: WantedOfDirectory,
  made: DirectoryReading | null,
): DirectoryPart {
  const groups = new Map<string, ReadGroup>()
  const readingOf = new Map<string, DirectoryReading>()
  const sizes = new Map<string, number>()
  const open = [...roots]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const reading = groups.has(id) ? undefined : known.withGroup(id, since)
    const group = reading?.opened.groups.get(id)
    if (!reading || !group) continue
    groups.set(id, group)
    readingOf.set(id, reading)
    const size = reading.sizes.get(id)
    if (size !== undefined) sizes.set(id, size)
    for (const member of group.members) if (member.kind === 'group') open.push(member.id)
  }
  const principals = new Map<string, PrincipalFacts>()
  const readingOfPrincipal = new Map<string, DirectoryReading>()
  const take = (id: string) => {
    const reading = principals.has(id) ? undefined : known.withPrincipal(id, since)
    const facts = reading?.principals.get(id)
    if (!reading || !facts) return
    principals.set(id, facts)
    readingOfPrincipal.set(id, reading)
  }
  for (const id of named.keys()) take(id)
  for (const { id, members, owners } of groups.values()) {
    take(id)
    for (const member of members) take(member.id)
    for (const owner of owners) take(owner.id)
  }
  const used = new Set([...readingOf.values(), ...[...named.keys()].map((id) => readingOfPrincipal.get(id))])
  const readings = known.since(since)
  const own = readings.filter((reading) => used.has(reading))
  const planned = own.find(({ opened }) => opened.groups.size > 0)
  return {
    readings: own.length > 0 ? own : readings.slice(0, 1),
    groups,
    readingOf,
    sizes,
    principals,
    readingOfPrincipal,
    plan: roots.length > 0 && planned ? planOf(planned, roots.length, planned === made) : NO_GROUPS,
  }
}

/** The plan of a reading as a run has it: by its own groups, and without calls where another run has made them. */
function planOf({ opened: { plan } }: DirectoryReading, groups: number, isMade: boolean): GroupPlan {
  const own = isMade ? plan : { ...plan, predicted: 0, made: 0 }
  return plan.why.reason === 'from_groups' ? { ...own, why: { ...plan.why, groups } } : own
}

const NO_GROUPS = planGroups({ granted: false, groups: 0, users: null })
