import { z } from 'zod'
import {
  BATCHES_AT_ONCE,
  type BatchAnswer,
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
import type { Azure } from './client/clients'
import { AzureError } from './client/errors'
import { cleanText } from './client/rows'
import { COUNT_OF_USERS, countIn, pagesFor } from './group-plan'

export type Person = {
  id: string
  name: string | null
  /** `mail`, else the user principal name. */
  email: string | null
  userPrincipalName: string | null
  guest: boolean
  /** `deleted`: in the recycle bin. `not_found`: not even there. */
  status: 'active' | 'disabled' | 'invited' | 'deleted' | 'not_found'
}

/** The properties asked for; most are given only when selected. */
export const PERSON_SELECT = 'id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState'

/** The first page of a whole directory. */
export const USERS_PAGE = `/users?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

const text = z.string().nullish().transform(cleanText)

const UserRow = z.object({
  id: z.guid().toLowerCase(),
  displayName: text,
  userPrincipalName: text,
  mail: text,
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  externalUserState: z.string().nullish(),
})

/** A Graph user as a person. A disabled account stays disabled even while its invitation is open. */
export const UserPerson = UserRow.transform((user): Person => ({ ...common(user), status: statusOf(user) }))

/** The same for the recycle bin, where Graph puts the id in front of the user principal name. */
export const DeletedPerson = UserRow.transform((user): Person => {
  const prefix = user.id.replaceAll('-', '')
  const upn = user.userPrincipalName
  const userPrincipalName = upn?.toLowerCase().startsWith(prefix) ? upn.slice(prefix.length) || null : upn
  return { ...common({ ...user, userPrincipalName }), status: 'deleted' }
})

/** What can be said of an id that the directory does not know, not even as deleted. */
export const forgottenPerson = (id: string): Person => ({
  id,
  name: null,
  email: null,
  userPrincipalName: null,
  guest: false,
  status: 'not_found',
})

type User = z.infer<typeof UserRow>

function common(user: User) {
  return {
    id: user.id,
    name: user.displayName,
    email: user.mail ?? user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    guest: user.userType?.toLowerCase() === 'guest',
  }
}

function statusOf(user: User): Person['status'] {
  if (user.accountEnabled === false) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}

/** Up to here the recycle bin is asked by id, three calls at most; beyond, it is listed. */
const DELETED_BY_ID = 60

const DELETED_PAGE = `/directory/deletedItems/microsoft.graph.user?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

type Options = {
  /** People met already, who are not asked about again. */
  known?: ReadonlyMap<string, Person>
  /** Hears how many of the people wanted have been found so far. */
  onProgress?: (found: number, wanted: number) => void
}

/**
 * Names, addresses and statuses of people by object ID, with the fewest calls: 300 ids a call by `$batch`, or the whole
 * directory at 999 a page, whichever is fewer. Ids that Graph knows nowhere come back as not found, without a name.
 * `refused`: Graph does not let this account list users, so nothing is claimed about anyone. `binRefused`: it does not let
 * it look into the recycle bin, so some of those not found may lie there.
 */
export async function readPeople(
  azure: Azure,
  ids: string[],
  { known, onProgress }: Options = {},
): Promise<{ people: Map<string, Person>; refused: boolean; binRefused: boolean }> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const reading: Reading = {
    azure,
    people: new Map(),
    missing: new Set(wanted),
    binRefused: false,
    found(person) {
      if (!this.missing.delete(person.id)) return
      this.people.set(person.id, person)
    },
    report: () => onProgress?.(reading.people.size, wanted.length),
  }
  for (const id of wanted) {
    const person = known?.get(id)
    if (person) reading.found(person)
  }
  try {
    await findUsers(reading, [...reading.missing])
  } catch (error) {
    if (error instanceof AzureError && error.code === 'directory_not_readable')
      return { people: new Map(), refused: true, binRefused: true }
    throw error
  }
  await findDeleted(reading)
  for (const id of [...reading.missing]) reading.found(forgottenPerson(id))
  reading.report()
  return { people: reading.people, refused: false, binRefused: reading.binRefused }
}

/** Whether the account may list users at all. */
export async function canListUsers(azure: Azure): Promise<boolean> {
  try {
    await graphPages(azure, '/users?$select=id&$top=1').next()
    return true
  } catch (error) {
    if (error instanceof AzureError && error.code === 'directory_not_readable') return false
    throw error
  }
}

type Reading = {
  azure: Azure
  people: Map<string, Person>
  missing: Set<string>
  binRefused: boolean
  found(person: Person): void
  report(): void
}

async function findUsers(reading: Reading, wanted: string[]): Promise<void> {
  const questions = inChunks(wanted, IDS_PER_QUESTION).map(usersById)
  if (questions.length <= MOST_IN_BATCH) return askUsers(reading, questions)

  // The size of the directory decides between the two ways, and rides along in the first call.
  const [counted, ...answers] = await graphBatch(reading.azure, [
    COUNT_OF_USERS,
    ...questions.slice(0, MOST_IN_BATCH - 1),
  ])
  for (const answer of answers) await takeUsers(reading, answer)
  reading.report()
  const batches = inChunks(questions.slice(MOST_IN_BATCH - 1), MOST_IN_BATCH)
  const users = countIn(counted)
  if (users !== null && pagesFor(users) < batches.length) return walk(reading, USERS_PAGE, UserPerson)
  await inParallel(batches, BATCHES_AT_ONCE, (batch) => askUsers(reading, batch))
}

const usersById = (ids: string[]) => ({
  url: `/users?$filter=id in (${ids.map((id) => `'${id}'`).join(',')})&$select=${PERSON_SELECT}`,
})

async function askUsers(reading: Reading, questions: { url: string }[]): Promise<void> {
  if (questions.length === 0) return
  for (const answer of await graphBatch(reading.azure, questions)) await takeUsers(reading, answer)
  reading.report()
}

async function takeUsers(reading: Reading, answer: BatchAnswer): Promise<void> {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const user of parseBody(z.array(UserPerson), items)) reading.found(user)
  if (nextLink !== null) await walk(reading, nextLink, UserPerson)
}

/** Reads a list to its end, or until nobody is missing any more. */
async function walk(reading: Reading, first: string, row: z.ZodType<Person>): Promise<void> {
  for await (const items of graphPages(reading.azure, first)) {
    for (const person of parseBody(z.array(row), items)) reading.found(person)
    reading.report()
    if (reading.missing.size === 0) return
  }
}

async function findDeleted(reading: Reading): Promise<void> {
  if (reading.missing.size === 0) return
  if (reading.missing.size > DELETED_BY_ID) return walkDeleted(reading)

  for (const ids of inChunks([...reading.missing], MOST_IN_BATCH)) {
    const answers = await graphBatch(
      reading.azure,
      ids.map((id) => ({ url: `/directory/deletedItems/${id}` })),
    )
    for (const answer of answers) {
      if (answer.status === 403) reading.binRefused = true
      else if (answer.status !== 404) reading.found(parseAnswer(DeletedPerson, answer))
    }
  }
}

/** Whoever may list users but not the recycle bin still knows who is gone, only not by name. */
async function walkDeleted(reading: Reading): Promise<void> {
  try {
    await walk(reading, DELETED_PAGE, DeletedPerson)
  } catch (error) {
    if (!(error instanceof AzureError && error.code === 'directory_not_readable')) throw error
    reading.binRefused = true
  }
}
