import { randomUUID } from 'node:crypto'
import { setImmediate as letOthersWork } from 'node:timers/promises'
import type { CallCount } from '@/lib/azure/client/batch'
import type { Azure } from '@/lib/azure/client/clients'
import { resolveKinds } from '@/lib/azure/principal-kinds'
import type { ReadGroup } from '@/lib/domain/access'
import { countReached } from '@/lib/domain/holders'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { type KeptOfGroup, keepUnreadGroups } from './keep-groups'
import { confirmMissing } from './missing-principals'
import { type OpenedGroups, openGroups } from './read-groups'
import { type ReadPrincipals, readPrincipals } from './read-principals'
import { type Remembered, recallUnchanged, remember } from './remembered'
import type { StoredDirectory } from './stored-directory'

/** What somebody is known by who is named in an assignment. */
export type NamedPrincipal = { kind: PrincipalKind; agent: boolean; assignedOn: Date | null; name: string | null }

/** What is to be read of a directory: groups with all that is inside them, and principals that assignments name. */
export type WantedOfDirectory = {
  /** Groups that hold an assignment or are named in a denial. */
  roots: string[]
  principals: ReadonlyMap<string, NamedPrincipal>
}

/** What was read of an account's directory at one time, for whichever of its connections need it. */
export type DirectoryReading = ReadPrincipals & {
  id: string
  /** When it began, by the clock of the database. */
  beganAt: Date
  opened: OpenedGroups
  /** Of every group that was opened: how many are below it at any depth, groups not counted. */
  sizes: Map<string, number>
  /** What everyone and everything is that was read: whom the assignments name, members, owners and groups. */
  kinds: Map<string, PrincipalKind>
  agents: Set<string>
  /** What stands in from earlier readings. */
  kept: KeptOfGroup[]
  /** What of it a publish has stored already. */
  stored: { groups: Set<string>; principals: Set<string> }
}

type Given = {
  directory: StoredDirectory
  /** What earlier readings have listed, which is not listed again where Graph tells that it has not changed. */
  remembered: Remembered | null
  /** Whether everything is listed all the same. */
  listsAll: boolean
  granted: readonly string[]
  report: Report
}

/**
 * Reads groups with everyone in them, and what is to be known of people and other principals. Nothing is written. What cannot
 * be read is told by the reading, and what is stored of it stands in; only a Microsoft Graph that is out of order fails it, and a
 * sign-in that has ended.
 */
export async function readDirectory(
  azure: Azure,
  { roots, principals: named }: WantedOfDirectory,
  { directory, remembered, listsAll, granted, report }: Given,
): Promise<{ reading: DirectoryReading; remembered: Remembered | null }> {
  const beganAt = await directory.now()
  const agents = new Set([...named].filter(([, { agent }]) => agent).map(([id]) => id))
  const assignedOn = new Map([...named].flatMap(([id, { assignedOn: made }]) => (made ? [[id, made] as const] : [])))
  const names = new Map([...named].flatMap(([id, { name }]) => (name ? [[id, name] as const] : [])))

  let recalled: Awaited<ReturnType<typeof recallUnchanged>> = 'nothing'
  const recall = async (calls: CallCount) => {
    recalled = listsAll && remembered ? 'not_wanted' : await recallUnchanged(azure, remembered, beganAt, calls)
    return typeof recalled === 'string' ? null : recalled
  }
  const { opened, listed, links } = await openGroups(azure, roots, granted, { report, recall })
  const takenAt = await directory.now()
  const missingGroups = await confirmGroups(opened.groups, assignedOn, directory)
  const kept = await keepUnreadGroups(opened, directory)
  await tellMemberKinds(azure, opened.groups, directory)
  const kinds = listKinds(named, opened.groups, agents)
  const wanted = { kinds, agents, opened, names, assignedOn, missingGroups, granted }
  const read = await readPrincipals(azure, wanted, directory, report)
  await letOthersWork() // what was done in memory since the last call takes a while in a large directory, and so does the next
  const reading = {
    ...read,
    ...{ id: randomUUID(), beganAt, opened, kinds, agents, kept },
    sizes: countMembers(opened.groups),
    stored: { groups: new Set<string>(), principals: new Set<string>() },
  }
  return {
    reading,
    remembered: remember(remembered, recalled, { beganAt, takenAt, listed, links, people: read.people.people }),
  }
}

/** What Microsoft Graph, or else what is stored, tells principals to be of which an assignment or a group does not say it. */
export async function askKinds(azure: Azure, ids: string[], directory: StoredDirectory) {
  if (ids.length === 0) return new Map<string, { kind: PrincipalKind; agent: boolean }>()
  const told = await resolveKinds(azure, ids)
  const before = await directory.listPrincipals(ids.filter((id) => !told.has(id)))
  for (const { id, kind } of before) if (kind !== 'other') told.set(id, { kind, agent: false })
  return told
}

/** The kinds of members and owners of groups. A member that turns out to be a group stays one that is not known: it was not opened. */
async function tellMemberKinds(
  azure: Azure,
  groups: Map<string, ReadGroup>,
  directory: StoredDirectory,
): Promise<void> {
  const all = [...groups.values()].flatMap(({ members, owners }) => [...members, ...owners])
  const unknown = all.filter(({ kind }) => kind === 'other')
  const told = await askKinds(azure, [...new Set(unknown.map(({ id }) => id))], directory)
  for (const one of unknown) {
    const known = told.get(one.id)
    if (known && known.kind !== 'group') Object.assign(one, known)
  }
}

/**
 * What is said of the groups that the directory does not know: one that was made moments ago is not known everywhere yet,
 * so it is first called unconfirmed, and not readable.
 */
async function confirmGroups(
  groups: Map<string, ReadGroup>,
  assignedOn: ReadonlyMap<string, Date>,
  directory: StoredDirectory,
): Promise<Map<string, ReturnType<typeof confirmMissing>>> {
  const missing = [...groups.values()].filter(({ state }) => state === 'not_found')
  const before = new Map((await directory.listPrincipals(missing.map(({ id }) => id))).map((one) => [one.id, one]))
  const now = await directory.now()
  return new Map(
    missing.map((group) => {
      const look = { assignedOn: assignedOn.get(group.id), binRead: true, now }
      const confirmed = confirmMissing(before.get(group.id), look)
      if (confirmed.status === 'unconfirmed') group.state = 'not_readable'
      return [group.id, confirmed]
    }),
  )
}

/** Everyone and everything with access, the groups it runs through and their owners, with what each of them is. */
export function listKinds(
  named: Iterable<readonly [string, Pick<NamedPrincipal, 'kind'>]>,
  groups: ReadonlyMap<string, ReadGroup>,
  agents: Set<string>,
): Map<string, PrincipalKind> {
  const kinds = new Map<string, PrincipalKind>()
  for (const [id, { kind }] of named) kinds.set(id, kind)
  for (const { members, owners } of groups.values()) {
    for (const list of [members, owners])
      for (const { id, kind, agent } of list) {
        if (kind !== 'other' || !kinds.has(id)) kinds.set(id, kind)
        if (agent) agents.add(id)
      }
  }
  for (const id of groups.keys()) kinds.set(id, 'group')
  return kinds
}

/** Of every group whose members are known: how many are below it at any depth. */
function countMembers(groups: ReadonlyMap<string, ReadGroup>): Map<string, number> {
  const known = [...groups.values()].filter(
    ({ state, ages }) => state === 'whole' || state === 'partly' || state === 'flat' || ages.members !== null,
  )
  return new Map(known.map(({ id }) => [id, countReached(groups, id)]))
}
