import type { Actor } from '@/db/actor'
import { listCells } from '@/db/queries/cells'
import type { ConnectionFacts } from '@/db/queries/connections'
import { listRolePermissions } from '@/db/queries/grants'
import { ALL_PEOPLE, countHolders, countHoldersShown, type HolderQuery, listHolders } from '@/db/queries/holders'
import { countPeopleShown, listPeople } from '@/db/queries/people'
import { getPerson } from '@/db/queries/person'
import { getPersonAccess } from '@/db/queries/person-access'
import { countFacets } from '@/db/queries/result'
import { listRoleHolders, listRolesHeld } from '@/db/queries/roles'
import { readAnswer } from '@/lib/ask'
import { CHOSEN_FILTERS } from '@/lib/domain/filter-options'
import { EVERYBODY, type PeopleFilter } from '@/lib/domain/people-filter'
import { parseAccessView } from '@/lib/domain/views'
import { listChoices } from '@/lib/filter-options'

/** What a page asks the database, and within how many milliseconds it should be answered. */
export type Question = { name: string; aimMs: number; ask: () => Promise<unknown> }

type Of = { actor: Actor; connection: ConnectionFacts; roles: string[]; personId: string }

/** The questions of each list page of one subscription, and of those over all subscriptions, as the pages ask them. */
export function listQuestions({ actor, connection, roles, personId }: Of): Question[] {
  const [owner = '', , reader = ''] = roles
  const rare = roles.at(-1) ?? ''

  /** What the frame of every page of a subscription shows. */
  const frame = () => [
    countFacets(actor, connection),
    listRolesHeld(actor, connection),
    countHolders(actor, connection, { ...ALL_PEOPLE, who: 'groups' }),
  ]
  /** A page of a list of holders; how many they are is stored where nothing is left out. */
  const holders = (change: Partial<HolderQuery>, isCounted = true) => {
    const query = { ...ALL_PEOPLE, ...change }
    return Promise.all([
      listHolders(actor, connection, query),
      isCounted ? countHoldersShown(actor, connection, query) : null,
      ...frame(),
    ])
  }
  const first = { ...EVERYBODY, direction: 'asc', cursor: null } as const
  const people = async (change: Partial<PeopleFilter>) => {
    const query = { ...first, ...change }
    const [page] = await Promise.all([
      listPeople(actor, 'now', query),
      countPeopleShown(actor, 'now', query),
      listPeople(actor, 'now', first, 1),
    ])
    return page
  }
  const sorts = (['email', 'role', 'scope', 'status'] as const).flatMap((sort) =>
    (['asc', 'desc'] as const).map((direction) => ({
      name: `sorted_by_${sort}_${direction}`,
      aimMs: 100,
      ask: () => holders({ sort, direction }, false),
    })),
  )
  const narrowed: Record<string, Partial<HolderQuery>> = {
    searched_for_one: { search: 'novak 777' },
    searched_for_many: { search: 'lovelace' },
    searched_for_nobody: { search: 'nobody is called this' },
    of_a_rare_role: { roleIds: [rare] },
    of_a_common_role: { roleIds: [reader] },
    of_owners: { roleIds: [owner] },
    held_directly: { how: 'direct' },
    held_through_a_group: { how: 'group' },
    held_at_resource_groups: { level: 'resource_group' },
    acting_at_a_resource_group: { scope: '/subscriptions/s/resourceGroups/rg-7' },
    eligible: { held: 'eligible' },
    disabled: { status: 'disabled' },
    not_enabled: { notStatus: ['active'] },
    who_can_grant: { signal: 'can_grant' },
    guests_who_write: { signal: 'guest_writes' },
    whom_nobody_knows: { signal: 'unknown_role' },
  }
  return [
    { name: 'people_by_name', aimMs: 40, ask: () => holders({}, false) },
    {
      name: 'a_later_page',
      aimMs: 40,
      ask: () => holders({ cursor: { at: ['hana', 'hana'], side: 'after' } }, false),
    },
    ...sorts,
    ...Object.entries(narrowed).map(([name, change]) => ({ name, aimMs: 200, ask: () => holders(change) })),
    {
      name: 'access_of_a_person',
      aimMs: 60,
      ask: () => Promise.all([getPersonAccess(actor, connection, personId), ...frame()]),
    },
    { name: 'person', aimMs: 60, ask: () => getPerson(actor, 'now', personId) },
    {
      name: 'roles',
      aimMs: 100,
      ask: () => Promise.all([listRoleHolders(actor, connection, [reader]), ...frame()]),
    },
    { name: 'other_principals', aimMs: 100, ask: () => holders({ who: 'others' }) },
    { name: 'people_over_all', aimMs: 100, ask: () => people({}) },
    { name: 'people_over_all_searched', aimMs: 300, ask: () => people({ search: 'novak 777' }) },
    { name: 'people_over_all_who_can_grant', aimMs: 300, ask: () => people({ signal: 'can_grant' }) },
    { name: 'people_over_all_of_owners', aimMs: 300, ask: () => people({ roleIds: [owner] }) },
    { name: 'people_over_all_of_a_rare_role', aimMs: 300, ask: () => people({ roleIds: [rare] }) },
    ...CHOSEN_FILTERS.map((by) => ({
      name: `what_to_choose_by_${by}`,
      aimMs: 500,
      ask: () => listChoices(actor, connection, { view: parseAccessView({}), who: 'people' }, by),
    })),
    {
      name: 'matrix',
      aimMs: 300,
      ask: async () => listCells(actor, 'now', (await people({})).rows),
    },
    {
      name: 'ask',
      aimMs: 500,
      ask: async () =>
        readAnswer(
          actor,
          connection,
          { roleIds: [owner, reader], scope: null, operation: null, who: 'people', cursor: null },
          await listRolePermissions(actor, connection),
        ),
    },
  ]
}
