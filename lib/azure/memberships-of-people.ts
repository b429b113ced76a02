import { z } from 'zod'
import { type BatchAnswer, type CallCount, countBatches, PER_PAGE, parseAnswer } from './client/batch'
import type { Azure } from './client/clients'
import { askForLists, GraphPage, type ListQuestion, listPages } from './client/graph-lists'
import { addOdd, keepReadable, type OddRow } from './client/rows'
import { type Person, USERS_PAGE, UserPerson } from './people'

type Options = {
  /** Kept current: the cost of the next step is corrected before the step is made. */
  plan?: CallCount
}

/**
 * Who of a whole directory is in which of these groups, at any depth, with the base permissions alone: for every person
 * it is asked which groups they are in, twenty people a call. Neither the names of the groups nor the groups in between
 * can be learned in this way.
 */
export async function readMembershipsOfPeople(
  azure: Azure,
  groupIds: ReadonlySet<string>,
  { plan = { predicted: 0, made: 0 } }: Options = {},
): Promise<MembershipsOfPeople> {
  const { ids, people, odd } = await readDirectory(azure, plan)
  plan.predicted = plan.made + countBatches(ids.size) // until now the number of people was an estimate

  const membersOf = new Map([...groupIds].map((id) => [id, new Set<string>()]))
  const unsure = new Set<string>()
  await askForLists(azure, [...ids].map(askForGroups), plan, (asked, answer) => {
    const read = take(membersOf, asked, answer)
    if (read.isOdd) unsure.add(asked.personId)
    return read.nextLink
  })
  return { membersOf, people, odd: [...odd, ...[...unsure].map((id) => ({ id }))] }
}

type MembershipsOfPeople = {
  membersOf: Map<string, Set<string>>
  people: Map<string, Person>
  /**
   * Rows of the directory without an id, whose memberships could not be asked for, and people of whom not every
   * membership could be understood.
   */
  odd: OddRow[]
}

async function readDirectory(azure: Azure, plan: CallCount) {
  const ids = new Set<string>()
  const people = new Map<string, Person>()
  const odd: OddRow[] = []
  for await (const items of listPages(azure, USERS_PAGE)) {
    plan.made += 1
    const identified = keepReadable(Container, items)
    for (const { id } of identified.rows) ids.add(id)
    addOdd(odd, identified.odd)
    for (const person of keepReadable(UserPerson, items).rows) people.set(person.id, person)
  }
  return { ids, people, odd }
}

type Asked = ListQuestion & { personId: string }

const askForGroups = (personId: string): Asked => ({
  personId,
  begin: () => askForGroups(personId),
  question: { url: `/users/${personId}/transitiveMemberOf?$select=id&$top=${PER_PAGE}` },
})

const Container = z.looseObject({ id: z.guid().toLowerCase() })

/** Keeps the wanted groups among those that the person is in; tells the link to the next page, and whether a row was odd. */
function take(membersOf: Map<string, Set<string>>, { personId, guard }: Asked, answer: BatchAnswer) {
  // The person has left the directory since it was listed. On a later page it is a list that was read in part.
  if (answer.status === 404 && guard === undefined) return { nextLink: null, isOdd: false }
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  const { rows, odd } = keepReadable(Container, items)
  for (const { id } of rows) membersOf.get(id)?.add(personId)
  return { nextLink, isOdd: odd.length > 0 }
}
