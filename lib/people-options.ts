import type { Actor } from '@/db/actor'
import { listRolesAnywhere } from '@/db/queries/roles-anywhere'
import { HELD_ANYWHERE } from '@/lib/domain/people-filter'
import { isPeopleFiltered, type PeopleFilterName, withoutPeopleFilter } from '@/lib/domain/people-options'
import type { PeopleView } from '@/lib/domain/views'
import { PRINCIPAL_STATUSES, PRIVILEGES } from '@/lib/domain/vocabulary'
import type { Total } from '@/lib/domain/words'
import { withLease } from '@/lib/leases'
import { type AllResults, canBeAsked } from '@/lib/past-results'
import { peopleCounter } from '@/lib/totals'

/** Something that the list can be narrowed to: how the view changes, and how many are then listed; null where nobody has counted. */
export type PeopleChoice = {
  change: Partial<PeopleView>
  /** The name of a role or the label of a subscription, where it has one. */
  name?: string | null
  count: Total | null
}

type Asked = Omit<PeopleChoice, 'count'>

const MOST_CHOICES_COUNTED = 20 // roles or subscriptions that are counted one by one under other filters; any other one can be typed

/**
 * What a filter of the people over all subscriptions can be set to, with how many are then listed under the other filters. Only what is in
 * use is offered. Throws TooMany while as many questions are being answered as may be at a time.
 */
export async function listPeopleChoices(
  actor: Actor,
  all: AllResults,
  view: PeopleView,
  by: PeopleFilterName,
): Promise<PeopleChoice[]> {
  const others = withoutPeopleFilter(view, by)
  const choices = await withLease('question', actor.memberId, () => LISTS[by](actor, all, others))
  return choices.filter(({ count }) => count !== 0)
}

const LISTS: Record<PeopleFilterName, (actor: Actor, all: AllResults, others: PeopleView) => Promise<PeopleChoice[]>> =
  {
    role: async (actor, all, others) => {
      const roles = await listRolesAnywhere(actor, all.results)
      const choices = roles.map(({ id, name }) => ({ change: { roleIds: [id] }, name }))
      if (isPeopleFiltered(others)) return countEach(actor, all, others, choices)
      return choices.map((choice, index) => ({ ...choice, count: roles[index]?.people ?? null }))
    },
    privilege: (actor, all, others) =>
      countEach(
        actor,
        all,
        others,
        PRIVILEGES.map((minimum) => ({ change: { minimum } })),
      ),
    subscription: (actor, all, others) =>
      countEach(
        actor,
        all,
        others,
        all.connections.filter(canBeAsked).map(({ id, label }) => ({ change: { connectionId: id }, name: label })),
      ),
    held: (actor, all, others) =>
      countEach(
        actor,
        all,
        others,
        HELD_ANYWHERE.map((held) => ({ change: { held } })),
      ),
    status: (actor, all, others) =>
      countEach(actor, all, others, [
        ...PRINCIPAL_STATUSES.map((status) => ({ change: { status } })),
        { change: { notStatus: ['active'] } },
        { change: { guest: 'only' } },
        { change: { guest: 'none' } },
      ]),
  }

/** The first of them counted, one after the other, so that one request never takes all of the database's connections. */
async function countEach(actor: Actor, { results }: AllResults, others: PeopleView, asked: Asked[]) {
  const countPeople = await peopleCounter(actor, results)
  const choices: PeopleChoice[] = []
  for (const [index, one] of asked.entries()) {
    const count = index < MOST_CHOICES_COUNTED ? await countPeople({ ...others, ...one.change }) : null
    choices.push({ ...one, count })
  }
  return choices
}
