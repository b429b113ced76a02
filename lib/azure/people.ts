import { z } from 'zod'
import type { Refused } from '@/lib/domain/problems'
import type { EmailSource } from '@/lib/domain/vocabulary'
import {
  askBatch,
  type BatchAnswer,
  type BatchQuestion,
  countBatches,
  countPages,
  failureOf,
  forEachBatch,
  inChunks,
  MOST_IN_BATCH,
  PER_PAGE,
  questionsById,
} from './client/batch'
import type { Azure } from './client/clients'
import type { AzureError } from './client/errors'
import { canReadList, listPages, listPagesFrom } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { addOdd, cleanText, keepReadable, matchOdd, type OddRow } from './client/rows'
import { COUNT_OF_USERS, countIn } from './group-plan'

export type Person = {
  id: string
  name: string | null
  /** Where the person can be reached: see {@link EmailSource} for what it is taken from. */
  email: string | null
  emailSource: EmailSource | null
  userPrincipalName: string | null
  guest: boolean
  /** `deleted`: in the recycle bin. `not_found`: not even there. */
  status: 'active' | 'disabled' | 'invited' | 'deleted' | 'not_found'
}

type Options = {
  /** People that are known already and need not be asked about again. */
  known?: ReadonlyMap<string, Person>
  /** Who of some people the directory knew earlier: if they are missing now, it is asked a second time. */
  wasKnown?: (ids: string[]) => Promise<ReadonlySet<string>>
  /** Called with how many of the wanted people have been found so far. */
  onProgress?: (found: number, wanted: number) => void
}

type People = {
  people: Map<string, Person>
  /** Graph does not let this account list users, so nothing is claimed about anyone. */
  refused: Refused | null
  /** Graph does not let this account look into the recycle bin, so some of those not found may be there. */
  binRefused: Refused | null
  /** Rows that could not be understood. Nothing is claimed about the people who may be in them. */
  odd: OddRow[]
}

/**
 * Names, addresses and statuses of people by object ID, with the fewest calls: 300 ids a call by `$batch`, or the whole
 * directory at 999 a page, whichever takes fewer. Ids that Graph knows nowhere come back as not found, without a name.
 * Throws when Graph is out of order; a refusal is returned.
 */
export async function readPeople(
  azure: Azure,
  ids: string[],
  { known, wasKnown, onProgress }: Options = {},
): Promise<People> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const reading: Reading = {
    azure,
    people: new Map(),
    missing: new Set(wanted),
    binRefused: null,
    odd: [],
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
    // One replica of the directory may not have an account that another one has.
    if (wasKnown && reading.missing.size > 0) await findUsers(reading, [...(await wasKnown([...reading.missing]))])
  } catch (error) {
    const refused = refusedBy('users', error)
    if (GRAPH_IS_OUT_OF_ORDER.includes(refused.code)) throw error
    return { people: new Map(), refused, binRefused: refused, odd: [] }
  }
  await findDeleted(reading)
  const isAmongOdd = matchOdd(reading.odd)
  for (const id of [...reading.missing]) if (!isAmongOdd(id)) reading.keep(unknownPerson(id))
  reading.report()
  return { people: reading.people, refused: null, binRefused: reading.binRefused, odd: reading.odd }
}

/** Failures that are over soon, so that it is better to read again than to publish people without names. */
const GRAPH_IS_OUT_OF_ORDER: readonly AzureError['code'][] = [
  'throttled',
  'azure_unreachable',
  'bad_answer',
  'untrusted_link',
  'endless_list',
]

/** Whether the account may list users at all. */
export const canListUsers = (azure: Azure): Promise<boolean> => canReadList(azure, '/users?$select=id&$top=1')

const Me = z.looseObject({ userType: z.string().nullish() })

/** Whether the account that reads is a guest of the tenant. False when Graph does not tell, and for an application, which is no user. */
export async function isGuestAccount(azure: Azure): Promise<boolean> {
  if (azure.caller.tokens.isApplication) return false
  try {
    return Me.parse(await azure.graph.api('/me?$select=id,userType').get()).userType?.toLowerCase() === 'guest'
  } catch (error) {
    refusedBy('me', error)
    return false
  }
}

type Reading = {
  azure: Azure
  people: Map<string, Person>
  missing: Set<string>
  binRefused: Refused | null
  odd: OddRow[]
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
  await takeUsers(reading, first, answers)
  reading.report()
  const users = countIn(count)
  if (users !== null && countPages(users) < countBatches(rest.length)) return walkList(reading, USERS_PAGE, UserPerson)
  await forEachBatch(rest, (batch) => askForUsers(reading, batch))
}

async function askForUsers(reading: Reading, questions: BatchQuestion[]): Promise<void> {
  if (questions.length === 0) return
  await takeUsers(reading, questions, await askBatch(reading.azure, questions))
  reading.report()
}

async function takeUsers(reading: Reading, questions: BatchQuestion[], answers: BatchAnswer[]): Promise<void> {
  for (const [index, question] of questions.entries())
    for await (const items of listPagesFrom(reading.azure, question, answers[index] as BatchAnswer))
      keepAll(reading, UserPerson, items)
}

/** Reads a list to its end, or until nobody is missing any more. */
async function walkList(reading: Reading, first: string, row: z.ZodType<Person>): Promise<void> {
  for await (const items of listPages(reading.azure, first)) {
    keepAll(reading, row, items)
    reading.report()
    if (reading.missing.size === 0) return
  }
}

function keepAll(reading: Reading, row: z.ZodType<Person>, items: unknown[]): void {
  const { rows, odd } = keepReadable(row, items)
  for (const person of rows) reading.keep(person)
  addOdd(reading.odd, odd)
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
      if (answer.status === 200) keepAll(reading, DeletedPerson, [answer.body])
      else if (answer.status !== 404) reading.binRefused = refusedBy('directory/deletedItems', failureOf(answer))
    }
  }
}

/** An account that may list users but not the recycle bin still learns who is gone, only not their names. */
async function walkDeleted(reading: Reading): Promise<void> {
  try {
    await walkList(reading, DELETED_PAGE, DeletedPerson)
  } catch (error) {
    const refused = refusedBy('directory/deletedItems', error)
    if (GRAPH_IS_OUT_OF_ORDER.includes(refused.code)) throw error
    reading.binRefused = refused
  }
}

/** The properties to ask for; Graph gives most of them only when they are selected. */
export const PERSON_SELECT =
  'id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState,otherMails'

/** The first page of a whole directory. */
export const USERS_PAGE = `/users?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

/** The first page of the recycle bin. */
const DELETED_PAGE = `/directory/deletedItems/microsoft.graph.user?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

/** A text that is not one is left out: a name that cannot be read is no reason to lose the person. */
const text = z.string().nullish().catch(null).transform(cleanText)

const UserRow = z.object({
  id: z.guid().toLowerCase(),
  displayName: text,
  userPrincipalName: text,
  mail: text,
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  externalUserState: z.string().nullish(),
  otherMails: z
    .array(z.string())
    .nullish()
    .catch(null)
    .transform((list) => cleanText(list?.[0])),
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
  ...chooseEmail(user),
  userPrincipalName: user.userPrincipalName,
  guest: user.userType?.toLowerCase() === 'guest',
  status,
})

/**
 * The address of a person. A guest without `mail` has the real one among the other addresses, or only in the user principal
 * name that was made of it: `ada_fabrikam.example#EXT#@contoso.example` (Entra ID: properties of a B2B guest user).
 */
function chooseEmail({ mail, otherMails, userPrincipalName }: User): Pick<Person, 'email' | 'emailSource'> {
  if (mail) return { email: mail, emailSource: 'mail' }
  const [, encoded] = /^(.+)#EXT#@/i.exec(userPrincipalName ?? '') ?? []
  if (otherMails && (encoded || !userPrincipalName)) return { email: otherMails, emailSource: 'other_mail' }
  const at = encoded?.lastIndexOf('_') ?? -1
  if (encoded && at > 0) return { email: `${encoded.slice(0, at)}@${encoded.slice(at + 1)}`, emailSource: 'decoded' }
  return { email: userPrincipalName, emailSource: userPrincipalName ? 'user_principal_name' : null }
}

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
  emailSource: null,
  userPrincipalName: null,
  guest: false,
  status: 'not_found',
})
