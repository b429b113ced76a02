import { z } from 'zod'
import type { GroupMember } from '@/lib/domain/access'
import type { PrincipalKind } from '@/lib/domain/vocabulary'
import {
  BATCHES_AT_ONCE,
  type BatchAnswer,
  type BatchQuestion,
  GraphPage,
  graphBatch,
  graphPages,
  IDS_PER_QUESTION,
  inChunks,
  inParallel,
  MOST_IN_BATCH,
  PER_PAGE,
  parseAnswer,
  parseBody,
} from './client/batch'
import { type Azure, pageGuard } from './client/clients'
import { AzureError } from './client/errors'
import { cleanText } from './client/rows'
import { batchesFor, type CallPlan, callsForFirstLevel } from './group-plan'
import { PERSON_SELECT, type Person, UserPerson } from './people'

type Options = {
  /** Hears how many groups have been read, and how many are known to be needed so far. */
  onProgress?: (read: number, wanted: number) => void
  /** Kept current: what the next step will cost is added before it is made. */
  plan?: CallPlan
}

/**
 * The given groups and every group inside them, with their direct members, level by level. Twenty lists a call, further
 * pages of long ones too; the members come with what is to be known of people, so that nobody is asked about twice. Each
 * group is read once, so rings end. What is hidden from this account or not there is said of the single group.
 */
export async function readGroups(
  azure: Azure,
  ids: readonly string[],
  { onProgress, plan }: Options = {},
): Promise<{ groups: Map<string, Group>; people: Map<string, Person> }> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const reading: Reading = {
    azure,
    // The first level is in the plan already, if there is one.
    calls: plan ?? { predicted: callsForFirstLevel(wanted.length), made: 0 },
    groups: new Map(wanted.map((id) => [id, unread(id)])),
    people: new Map(),
  }
  const report = (read: number) => onProgress?.(read, reading.groups.size)

  let level = wanted
  let names = inChunks(wanted, IDS_PER_QUESTION).map(namesOf)
  let read = 0
  while (level.length > 0) {
    if (read > 0) reading.calls.predicted += batchesFor(level.length)
    const asked: Asked[] = [...level.map((id) => ({ id, question: membersOf(id) })), ...names]
    await askAll(reading, asked)
    read += level.length
    report(read)
    level = [...reading.groups.values()].slice(read).map(({ id }) => id)
    names = [] // the names of groups inside come with the lists that they are in
  }
  return { groups: reading.groups, people: reading.people }
}

type Reading = {
  azure: Azure
  calls: CallPlan
  /** In the order in which they were met, which is the order in which they are read. */
  groups: Map<string, Group>
  people: Map<string, Person>
}

/** A question about a group's members, or about names when it is about none; with what its earlier pages have shown. */
type Asked = { id: string | null; question: BatchQuestion; known?: Set<string>; guard?: (address: string) => void }

const unread = (id: string): Group => ({ id, name: null, state: 'whole', members: [] })

const membersOf = (id: string): BatchQuestion => ({
  url: `/groups/${id}/members?$select=${PERSON_SELECT}&$top=${PER_PAGE}`,
})

const namesOf = (ids: string[]): Asked => ({
  id: null,
  question: { url: `/groups?$filter=id in (${ids.map((id) => `'${id}'`).join(',')})&$select=id,displayName` },
})

/** Asks, then asks for the next pages of whatever has more, until nothing has. */
async function askAll(reading: Reading, first: Asked[]): Promise<void> {
  let open = first
  while (open.length > 0) {
    const further: Asked[] = []
    await inParallel(inChunks(open, MOST_IN_BATCH), BATCHES_AT_ONCE, async (batch) => {
      reading.calls.made += 1
      const answers = await graphBatch(
        reading.azure,
        batch.map(({ question }) => question),
      )
      for (const [index, asked] of batch.entries()) {
        const next = take(reading, asked, answers[index] as BatchAnswer)
        if (next) further.push(next)
      }
    })
    reading.calls.predicted += batchesFor(further.length)
    open = further
  }
}

/** Keeps what an answer says; gives the question for its next page, if it has one. */
function take(reading: Reading, asked: Asked, answer: BatchAnswer): Asked | null {
  const { id, known = new Set() } = asked
  if (id === null) return answer.status === 403 ? null : nextOf(asked, takeNames(reading, answer))
  const group = reading.groups.get(id) as Group
  // On a later page a refusal is a failed read: the group was there and open a moment ago.
  if (!asked.guard && (answer.status === 404 || answer.status === 403)) {
    group.state = answer.status === 404 ? 'not_found' : 'not_permitted'
    group.members = []
    return null
  }
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const { person, name, ...member } of parseBody(z.array(MemberRow), items)) {
    if (person) reading.people.set(person.id, person)
    if (member.kind === 'group') meet(reading, member.id, name)
    if (known.has(member.id)) continue // a list that changes while it is read may give somebody twice
    known.add(member.id)
    group.members.push(member)
  }
  return nextOf({ ...asked, known }, nextLink)
}

/** The question for the page that the link leads to, by its path, as batches want it. */
function nextOf(asked: Asked, nextLink: string | null): Asked | null {
  if (nextLink === null) return null
  const { guard = firstPage(asked.question) } = asked
  guard(nextLink)
  const { pathname, search } = new URL(nextLink)
  return { ...asked, question: { url: pathname.replace(/^\/v1\.0/, '') + search }, guard }
}

/** A guard against lists without an end, which has seen the first page. */
function firstPage({ url }: BatchQuestion): (address: string) => void {
  const guard = pageGuard()
  guard(url)
  return guard
}

function meet({ groups }: Reading, id: string, name: string | null): void {
  const known = groups.get(id)
  if (!known) groups.set(id, { ...unread(id), name })
  else known.name ??= name
}

const Names = z.array(z.looseObject({ id: z.guid().toLowerCase(), displayName: z.string().nullish() }))

/** Gives the link to the next page: Graph may cut even a short list. */
function takeNames({ groups }: Reading, answer: BatchAnswer): string | null {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const { id, displayName } of parseBody(Names, items)) {
    const group = groups.get(id)
    if (group) group.name ??= cleanText(displayName)
  }
  return nextLink
}

/**
 * A group as far as it could be read. `not_permitted`: its members are hidden from this account. `not_found`: the
 * directory does not know it.
 */
export type Group = {
  id: string
  /** Null when it could not be read. */
  name: string | null
  state: 'whole' | 'not_permitted' | 'not_found'
  /** Direct members, groups among them. */
  members: GroupMember[]
}

const KIND_OF: Record<string, PrincipalKind> = {
  '#microsoft.graph.user': 'user',
  '#microsoft.graph.group': 'group',
  '#microsoft.graph.serviceprincipal': 'service_principal',
  '#microsoft.graph.device': 'device',
}

type Member = {
  id: string
  kind: PrincipalKind
  name: string | null
  /** Null for what is not a user, and for one of whom this account may know no more than the id. */
  person: Person | null
}

/**
 * A row of a group's members. Objects that the permissions do not reach come with id and type alone, every other property
 * null (Graph: "limited information returned for inaccessible member objects").
 */
export const MemberRow = z
  .looseObject({
    id: z.guid().toLowerCase(),
    '@odata.type': z.string().nullish(),
    displayName: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
  })
  .transform((row, context): Member => {
    const kind = KIND_OF[row['@odata.type']?.toLowerCase() ?? ''] ?? 'other'
    const limited = kind !== 'user' || (row.displayName == null && row.userPrincipalName == null)
    const person = limited ? null : UserPerson.safeParse(row)
    if (person && !person.success) context.addIssue('is not a user')
    return { id: row.id, kind, name: cleanText(row.displayName), person: person?.data ?? null }
  })

/**
 * Whether the account may list groups at all: `GroupMember.Read.All` lets a member do so, while a guest's own rights may
 * not reach that far (reference: wire facts 3.2).
 */
export async function canListGroups(azure: Azure): Promise<boolean> {
  try {
    await graphPages(azure, '/groups?$select=id&$top=1').next()
    return true
  } catch (error) {
    if (error instanceof AzureError && error.code === 'directory_not_readable') return false
    throw error
  }
}
