import { z } from 'zod'
import {
  askForLists,
  type BatchAnswer,
  type CallCount,
  countBatches,
  GraphPage,
  type ListQuestion,
  listPages,
  PER_PAGE,
  parseAnswer,
} from './client/batch'
import type { Azure } from './client/clients'
import { parseAs } from './client/rows'
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
): Promise<{ membersOf: Map<string, Set<string>>; people: Map<string, Person> }> {
  const people = await readDirectory(azure, plan)
  plan.predicted = plan.made + countBatches(people.size) // until now the number of people was an estimate

  const membersOf = new Map([...groupIds].map((id) => [id, new Set<string>()]))
  await askForLists(azure, [...people.keys()].map(askForGroups), plan, (asked, answer) =>
    take(membersOf, asked, answer),
  )
  return { membersOf, people }
}

async function readDirectory(azure: Azure, plan: CallCount): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for await (const items of listPages(azure, USERS_PAGE)) {
    plan.made += 1
    for (const person of parseAs(z.array(UserPerson), items)) people.set(person.id, person)
  }
  return people
}

type Asked = ListQuestion & { personId: string }

const askForGroups = (personId: string): Asked => ({
  personId,
  question: { url: `/users/${personId}/transitiveMemberOf?$select=id&$top=${PER_PAGE}` },
})

const Container = z.looseObject({ id: z.guid().toLowerCase() })

/** Keeps the wanted groups among those that the person is in; returns the link to the next page, or null. */
function take(membersOf: Map<string, Set<string>>, { personId }: Asked, answer: BatchAnswer): string | null {
  if (answer.status === 404) return null // left the directory since it was listed
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const { id } of parseAs(z.array(Container), items)) membersOf.get(id)?.add(personId)
  return nextLink
}
