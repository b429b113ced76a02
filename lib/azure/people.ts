import { z } from 'zod'
import type { Azure } from './azure'
import { AzureError, problemOfGraph } from './azure-error'
import { type BatchAnswer, graphBatch, MOST_IN_BATCH } from './graph-batch'
import { GraphPage, graphPages } from './graph-pages'
import { inParallel } from './in-parallel'
import { DeletedPerson, forgottenPerson, PERSON_SELECT, type Person, UserPerson } from './person'

export type { Person } from './person'

/** Values that `in (…)` takes without advanced query (Graph: Request_UnsupportedQuery beyond it). */
const IDS_PER_QUESTION = 15
/** Largest page of users. */
const PER_PAGE = 999
const BATCHES_AT_ONCE = 4
/** Up to here the recycle bin is asked by id, three calls at most; beyond, it is listed. */
const DELETED_BY_ID = 60

const USERS_PAGE = `/users?$select=${PERSON_SELECT}&$top=${PER_PAGE}`
const DELETED_PAGE = `/directory/deletedItems/microsoft.graph.user?$select=${PERSON_SELECT}&$top=${PER_PAGE}`
const COUNT = { url: '/users/$count', headers: { ConsistencyLevel: 'eventual' } }

type Options = {
  /** Hears how many of the people wanted have been found so far. */
  onProgress?: (found: number, wanted: number) => void
}

/**
 * Names, addresses and statuses of people by object ID, with the fewest calls: 300 ids a call by `$batch`, or the whole
 * directory at 999 a page, whichever is fewer. Ids that Graph knows nowhere come back as deleted, without a name.
 * `refused`: Graph does not let this account list users, so nothing is claimed about anyone.
 */
export async function readPeople(
  azure: Azure,
  ids: string[],
  { onProgress }: Options = {},
): Promise<{ people: Map<string, Person>; refused: boolean }> {
  const wanted = [...new Set(z.array(z.guid().toLowerCase()).parse(ids))]
  const reading: Reading = {
    azure,
    people: new Map(),
    missing: new Set(wanted),
    found(person) {
      if (!this.missing.delete(person.id)) return
      this.people.set(person.id, person)
    },
    report: () => onProgress?.(reading.people.size, wanted.length),
  }
  try {
    await findUsers(reading, wanted)
  } catch (error) {
    if (error instanceof AzureError && error.code === 'directory_not_readable')
      return { people: new Map(), refused: true }
    throw error
  }
  await findDeleted(reading)
  for (const id of [...reading.missing]) reading.found(forgottenPerson(id))
  reading.report()
  return { people: reading.people, refused: false }
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
  found(person: Person): void
  report(): void
}

async function findUsers(reading: Reading, wanted: string[]): Promise<void> {
  const questions = inChunks(wanted, IDS_PER_QUESTION).map(usersById)
  if (questions.length <= MOST_IN_BATCH) return askUsers(reading, questions)

  // The size of the directory decides between the two ways, and rides along in the first call.
  const [counted, ...answers] = await graphBatch(reading.azure, [COUNT, ...questions.slice(0, MOST_IN_BATCH - 1)])
  for (const answer of answers) await takeUsers(reading, answer)
  reading.report()
  const batches = inChunks(questions.slice(MOST_IN_BATCH - 1), MOST_IN_BATCH)
  if (pagesOf(counted) < batches.length) return walk(reading, USERS_PAGE, UserPerson)
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
  for (const user of parseItems(UserPerson, items)) reading.found(user)
  if (nextLink !== null) await walk(reading, nextLink, UserPerson)
}

/** Reads a list to its end, or until nobody is missing any more. */
async function walk(reading: Reading, first: string, row: z.ZodType<Person>): Promise<void> {
  for await (const items of graphPages(reading.azure, first)) {
    for (const person of parseItems(row, items)) reading.found(person)
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
      if (answer.status !== 404 && answer.status !== 403) reading.found(parseAnswer(DeletedPerson, answer))
    }
  }
}

/** Whoever may list users but not the recycle bin still knows who is gone, only not by name. */
async function walkDeleted(reading: Reading): Promise<void> {
  try {
    await walk(reading, DELETED_PAGE, DeletedPerson)
  } catch (error) {
    if (!(error instanceof AzureError && error.code === 'directory_not_readable')) throw error
  }
}

function parseAnswer<T>(shape: z.ZodType<T>, { status, body }: BatchAnswer): T {
  if (status !== 200)
    throw new AzureError(problemOfGraph(status), 'Microsoft Graph refused an item of a batch.', { status })
  const parsed = shape.safeParse(body)
  if (!parsed.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: parsed.error })
  return parsed.data
}

function parseItems(row: z.ZodType<Person>, items: unknown[]): Person[] {
  const parsed = z.array(row).safeParse(items)
  if (!parsed.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { cause: parsed.error })
  return parsed.data
}

/** `$count` answers plain text, which a batch gives as a number, as digits, or as digits in base64. Unreadable: never mind. */
function pagesOf(counted: BatchAnswer | undefined): number {
  if (counted?.status !== 200) return Number.POSITIVE_INFINITY
  const text = String(counted.body)
  const digits = /^\d+$/.test(text)
    ? text
    : Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/^\uFEFF/, '')
  return /^\d+$/.test(digits) ? Math.max(1, Math.ceil(Number(digits) / PER_PAGE)) : Number.POSITIVE_INFINITY
}

function inChunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
