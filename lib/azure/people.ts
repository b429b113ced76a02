import { z } from 'zod'
import {
  askBatch,
  type BatchAnswer,
  type BatchQuestion,
  canReadList,
  countBatches,
  countPages,
  forEachBatch,
  GraphPage,
  inChunks,
  isRefusedByGraph,
  listPages,
  MOST_IN_BATCH,
  PER_PAGE,
  parseAnswer,
  questionsById,
} from './client/batch'
import type { Azure } from './client/clients'
import { cleanText, parseAs } from './client/rows'
import { COUNT_OF_USERS, countIn } from './group-plan'

export type Person = {
  id: string
  name: string | null
  /** `mail`, or else the user principal name. */
  email: string | null
  userPrincipalName: string | null
  guest: boolean
  /** `deleted`: in the recycle bin. `not_found`: not even there. */
  status: 'active' | 'disabled' | 'invited' | 'deleted' | 'not_found'
}

type Options = {
  /** People that are known already and need not be asked about again. */
  known?: ReadonlyMap<string, Person>
  /** Called with how many of the wanted people have been found so far. */
  onProgress?: (found: number, wanted: number) => void
}

type People = {
  people: Map<string, Person>
  /** Graph does not let this account list users, so nothing is claimed about anyone. */
  refused: boolean
  /** Graph does not let this account look into the recycle bin, so some of those not found may be there. */
  binRefused: boolean
}

/**
 * Names, addresses and statuses of people by object ID, with the fewest calls: 300 ids a call by `$batch`, or the whole
 * directory at 999 a page, whichever takes fewer. Ids that Graph knows nowhere come back as not found, without a name.
 */
export async function readPeople(azure: Azure, ids: string[], { known, onProgress }: Options = {}): Promise<People> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const reading: Reading = {
    azure,
    people: new Map(),
    missing: new Set(wanted),
    binRefused: false,
    keep(person) {
      if (!this.missing.delete(person.id)) return
      this.people.set(person.id, person)
    },
    report: () => onProgress?.(reading.people.size, wanted.length),
  }
  for (const id of wanted) {
    const person = known?.get(id)
    if (person) reading.keep(person)
  }
  try {
    await findUsers(reading, [...reading.missing])
  } catch (error) {
    if (isRefusedByGraph(error)) return { people: new Map(), refused: true, binRefused: true }
    throw error
  }
  await findDeleted(reading)
  for (const id of [...reading.missing]) reading.keep(unknownPerson(id))
  reading.report()
  return { people: reading.people, refused: false, binRefused: reading.binRefused }
}

/** Whether the account may list users at all. */
export const canListUsers = (azure: Azure): Promise<boolean> => canReadList(azure, '/users?$select=id&$top=1')

type Reading = {
  azure: Azure
  people: Map<string, Person>
  missing: Set<string>
  binRefused: boolean
  /** Keeps a person who is wanted and not found yet. */
  keep(person: Person): void
  report(): void
}

async function findUsers(reading: Reading, wanted: string[]): Promise<void> {
  const questions = questionsById('/users', wanted, PERSON_SELECT)
  if (questions.length <= MOST_IN_BATCH) return askForUsers(reading, questions)

  // The size of the directory decides between the two ways, and is asked for in the first call.
  const [first, rest] = [questions.slice(0, MOST_IN_BATCH - 1), questions.slice(MOST_IN_BATCH - 1)]
  const [count, ...answers] = await askBatch(reading.azure, [COUNT_OF_USERS, ...first])
  for (const answer of answers) await takeUsers(reading, answer)
  reading.report()
  const users = countIn(count)
  if (users !== null && countPages(users) < countBatches(rest.length)) return walkList(reading, USERS_PAGE, UserPerson)
  await forEachBatch(rest, (batch) => askForUsers(reading, batch))
}

async function askForUsers(reading: Reading, questions: BatchQuestion[]): Promise<void> {
  if (questions.length === 0) return
  for (const answer of await askBatch(reading.azure, questions)) await takeUsers(reading, answer)
  reading.report()
}

async function takeUsers(reading: Reading, answer: BatchAnswer): Promise<void> {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const user of parseAs(z.array(UserPerson), items)) reading.keep(user)
  if (nextLink !== null) await walkList(reading, nextLink, UserPerson)
}

/** Reads a list to its end, or until nobody is missing any more. */
async function walkList(reading: Reading, first: string, row: z.ZodType<Person>): Promise<void> {
  for await (const items of listPages(reading.azure, first)) {
    for (const person of parseAs(z.array(row), items)) reading.keep(person)
    reading.report()
    if (reading.missing.size === 0) return
  }
}

/** Up to so many people are looked up by id in the recycle bin, three calls at most; for more of them it is listed. */
const DELETED_BY_ID = 60

async function findDeleted(reading: Reading): Promise<void> {
  if (reading.missing.size === 0) return
  if (reading.missing.size > DELETED_BY_ID) return walkDeleted(reading)

  for (const ids of inChunks([...reading.missing], MOST_IN_BATCH)) {
    const answers = await askBatch(
      reading.azure,
      ids.map((id) => ({ url: `/directory/deletedItems/${id}` })),
    )
    for (const answer of answers) {
      if (answer.status === 403) reading.binRefused = true
      else if (answer.status !== 404) reading.keep(parseAnswer(DeletedPerson, answer))
    }
  }
}

/** An account that may list users but not the recycle bin still learns who is gone, only not their names. */
async function walkDeleted(reading: Reading): Promise<void> {
  try {
    await walkList(reading, DELETED_PAGE, DeletedPerson)
  } catch (error) {
    if (!isRefusedByGraph(error)) throw error
    reading.binRefused = true
  }
}

/** The properties to ask for; Graph gives most of them only when they are selected. */
export const PERSON_SELECT = 'id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState'

/** The first page of a whole directory. */
export const USERS_PAGE = `/users?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

/** The first page of the recycle bin. */
const DELETED_PAGE = `/directory/deletedItems/microsoft.graph.user?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

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

type User = z.infer<typeof UserRow>

/** A Graph user as a person. */
export const UserPerson = UserRow.transform((user): Person => toPerson(user, statusOf(user)))

/** A Graph user in the recycle bin as a person. Graph puts the id in front of the user principal name there. */
const DeletedPerson = UserRow.transform((user): Person => {
  const prefix = user.id.replaceAll('-', '')
  const upn = user.userPrincipalName
  const userPrincipalName = upn?.toLowerCase().startsWith(prefix) ? upn.slice(prefix.length) || null : upn
  return toPerson({ ...user, userPrincipalName }, 'deleted')
})

const toPerson = (user: User, status: Person['status']): Person => ({
  id: user.id,
  name: user.displayName,
  email: user.mail ?? user.userPrincipalName,
  userPrincipalName: user.userPrincipalName,
  guest: user.userType?.toLowerCase() === 'guest',
  status,
})

/** A disabled account counts as disabled even while its invitation is open. */
function statusOf(user: User): Person['status'] {
  if (user.accountEnabled === false) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}

/** All that can be said of an id that the directory does not know, not even as deleted. */
const unknownPerson = (id: string): Person => ({
  id,
  name: null,
  email: null,
  userPrincipalName: null,
  guest: false,
  status: 'not_found',
})
