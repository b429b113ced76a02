import { z } from 'zod'
import {
  BATCHES_AT_ONCE,
  type BatchAnswer,
  type BatchQuestion,
  GraphPage,
  graphBatch,
  graphPages,
  inChunks,
  inParallel,
  MOST_IN_BATCH,
  PER_PAGE,
  parseAnswer,
  parseBody,
} from './client/batch'
import { type Azure, pageGuard } from './client/clients'
import { batchesFor, type CallPlan } from './group-plan'
import { type Person, USERS_PAGE, UserPerson } from './people'

type Options = {
  /** Kept current: what the next step will cost is put right before it is made. */
  plan?: CallPlan
}

/**
 * Who of a whole directory is in which of these groups, at any depth, with the base permissions alone: everyone is asked
 * what they are a member of, twenty a call. Neither the groups' names nor the groups in between can be learned so.
 */
export async function readMembershipsOfPeople(
  azure: Azure,
  groupIds: ReadonlySet<string>,
  { plan = { predicted: 0, made: 0 } }: Options = {},
): Promise<{ membersOf: Map<string, Set<string>>; people: Map<string, Person> }> {
  const people = await readDirectory(azure, plan)
  plan.predicted = plan.made + batchesFor(people.size) // how many people there are was a guess until now

  const membersOf = new Map([...groupIds].map((id) => [id, new Set<string>()]))
  let open: Asked[] = [...people.keys()].map((id) => ({ id, question: groupsOf(id) }))
  while (open.length > 0) {
    const further: Asked[] = []
    await inParallel(inChunks(open, MOST_IN_BATCH), BATCHES_AT_ONCE, async (batch) => {
      plan.made += 1
      const answers = await graphBatch(
        azure,
        batch.map(({ question }) => question),
      )
      for (const [index, asked] of batch.entries()) {
        const next = take(membersOf, asked, answers[index] as BatchAnswer)
        if (next) further.push(next)
      }
    })
    plan.predicted += batchesFor(further.length)
    open = further
  }
  return { membersOf, people }
}

type Asked = { id: string; question: BatchQuestion; guard?: (address: string) => void }

const groupsOf = (id: string): BatchQuestion => ({ url: `/users/${id}/transitiveMemberOf?$select=id&$top=${PER_PAGE}` })

const Container = z.looseObject({ id: z.guid().toLowerCase() })

function take(membersOf: Map<string, Set<string>>, { id, guard, question }: Asked, answer: BatchAnswer): Asked | null {
  if (answer.status === 404) return null // left the directory since it was listed
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  for (const item of items) membersOf.get(parseBody(Container, item).id)?.add(id)
  if (nextLink === null) return null
  const watch = guard ?? pageGuard()
  if (!guard) watch(question.url)
  watch(nextLink)
  const { pathname, search } = new URL(nextLink)
  return { id, question: { url: pathname.replace(/^\/v1\.0/, '') + search }, guard: watch }
}

async function readDirectory(azure: Azure, plan: CallPlan): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for await (const items of graphPages(azure, USERS_PAGE)) {
    plan.made += 1
    for (const person of parseBody(z.array(UserPerson), items)) people.set(person.id, person)
  }
  return people
}
