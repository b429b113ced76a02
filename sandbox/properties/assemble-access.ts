/** Reads every page of a list at its real address. */
export type Read = <Row>(address: string) => Promise<Row[]>

type AssignmentRow = {
  name: string
  properties: { roleDefinitionId: string; principalId: string; principalType: string; scope: string }
}
type InstanceRow = {
  name: string
  properties: AssignmentRow['properties'] & { assignmentType?: string; originRoleAssignmentId?: string }
}
type DenyPrincipal = { id: string; type: string }
type DenyRow = {
  name: string
  properties: {
    scope: string
    doNotApplyToChildScopes: boolean
    principals: DenyPrincipal[]
    excludePrincipals: DenyPrincipal[]
  }
}
type Member = { id: string; '@odata.type': string }
type Person = {
  id: string
  displayName: string
  userType: string
  accountEnabled: boolean
  externalUserState: string | null
}
type Descendant = { name: string; properties: { parent: { id: string } } }

/** What somebody holds at a scope, as far as the wire tells. */
export type Holding = {
  type: string
  name: string | null
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
  guest: boolean
  /** In how many ways. */
  ways: number
  deniedBy: string[]
}

const ARM = 'https://management.azure.com'
const GRAPH = 'https://graph.microsoft.com/v1.0'
const MANAGEMENT_GROUP = '/providers/Microsoft.Management/managementGroups/'
const TYPES: Record<string, string> = { user: 'User', servicePrincipal: 'ServicePrincipal', device: 'Device' }

export const keyOf = (principalId: string, roleId: string, scope: string, kind: string) =>
  [principalId, roleId, scope, kind].join(' ').toLowerCase()

/** Who the directory knows, by id. */
async function readDirectory(read: Read) {
  const select = '$select=id,displayName,userType,accountEnabled,externalUserState'
  const people = await read<Person>(`${GRAPH}/users?${select}`)
  const deleted = await read<Person>(`${GRAPH}/directory/deletedItems/microsoft.graph.user?${select}`)
  const others = [
    ...(await read<Person>(`${GRAPH}/servicePrincipals?$select=id,displayName`)),
    ...(await read<Person>(`${GRAPH}/devices?$select=id,displayName`)),
  ]
  const gone = new Set(deleted.map(({ id }) => id))
  const users = new Map([...people, ...deleted].map((one) => [one.id, one]))
  const names = new Map(others.map((one) => [one.id, one.displayName]))
  const groups = new Set((await read<Person>(`${GRAPH}/groups?$select=id`)).map(({ id }) => id))
  const statusOf = (id: string, type: string): Holding['status'] => {
    const user = users.get(id)
    if (!user) return names.has(id) || type === 'ForeignGroup' ? null : 'deleted'
    if (gone.has(id)) return 'deleted'
    if (!user.accountEnabled) return 'disabled'
    return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
  }
  return {
    groups,
    factsOf: (id: string, type: string) => ({
      type,
      name: users.get(id)?.displayName ?? names.get(id) ?? null,
      guest: users.get(id)?.userType === 'Guest',
      status: statusOf(id, type),
    }),
  }
}

/** The ways from a group to each of the people below it, no group twice in one way; and who the wire says is below it. */
function membershipReader(read: Read) {
  const known = new Map<string, Promise<Member[]>>()
  const list = (groupId: string, reach: string): Promise<Member[]> => {
    const address = `${GRAPH}/groups/${groupId}/${reach}?$select=id`
    const rows = known.get(address) ?? read<Member>(address)
    known.set(address, rows)
    return rows
  }
  const typeOf = (member: Member) => member['@odata.type'].replace('#microsoft.graph.', '')
  type Ways = Map<string, { type: string; ways: number }>
  const walk = async (chain: string[], found: Ways): Promise<Ways> => {
    for (const member of await list(chain.at(-1) ?? '', 'members')) {
      const type = typeOf(member)
      if (type === 'group') {
        if (!chain.includes(member.id)) await walk([...chain, member.id], found)
        continue
      }
      const ways = (found.get(member.id)?.ways ?? 0) + 1
      found.set(member.id, { type: TYPES[type] ?? type, ways })
    }
    return found
  }
  return {
    waysFrom: (groupId: string) => walk([groupId], new Map()),
    below: async (groupId: string) => new Set((await list(groupId, 'transitiveMembers')).map(({ id }) => id)),
    async peopleBelow(groupId: string): Promise<string[]> {
      const all = await list(groupId, 'transitiveMembers')
      return all.filter((one) => typeOf(one) !== 'group').map(({ id }) => id)
    },
  }
}

/** The scopes above one, in lower case, by the tree of management groups. */
async function scopesAbove(read: Read, tenantId: string, subscriptionId: string): Promise<(scope: string) => string[]> {
  const descendants = await read<Descendant>(`${ARM}${MANAGEMENT_GROUP}${tenantId}/descendants?api-version=2020-05-01`)
  const parentOf = new Map(
    descendants.map(({ name, properties }) => [name.toLowerCase(), properties.parent.id.toLowerCase()]),
  )
  const nameOf = (id: string) => id.slice(MANAGEMENT_GROUP.length)
  const chain: string[] = []
  for (let id = parentOf.get(subscriptionId); id !== undefined; id = parentOf.get(nameOf(id))) chain.unshift(id)
  const top = ['/', ...chain]
  return (scope) => {
    const low = scope.toLowerCase()
    if (top.includes(low)) return top.slice(0, top.indexOf(low))
    const parts = low.split('/')
    return [...top, ...parts.map((_, end) => parts.slice(0, end).join('/')).slice(3)]
  }
}

async function readDenials(read: Read, members: ReturnType<typeof membershipReader>, address: string) {
  const rows = await read<DenyRow>(`${address}/denyAssignments?api-version=2022-04-01`)
  const named = async (list: DenyPrincipal[], id: string): Promise<boolean> => {
    for (const one of list) {
      if (one.type === 'SystemDefined' || one.id === id) return true
      if (one.type === 'Group' && (await members.below(one.id)).has(id)) return true
    }
    return false
  }
  return async (id: string, scope: string, above: string[]): Promise<string[]> => {
    const found: string[] = []
    for (const { name, properties } of rows) {
      const at = properties.scope.toLowerCase()
      if (at !== scope.toLowerCase() && (properties.doNotApplyToChildScopes || !above.includes(at))) continue
      if ((await named(properties.principals, id)) && !(await named(properties.excludePrincipals, id))) found.push(name)
    }
    return found.sort()
  }
}

/** What is held and what can be activated, with its kind. Without the licence the tables of schedules say nothing. */
async function readHeld(read: Read, address: string, licensed: boolean) {
  const instances = (type: string) =>
    licensed ? read<InstanceRow>(`${address}/${type}?api-version=2020-10-01`) : Promise.resolve([])
  const activated = new Set(
    (await instances('roleAssignmentScheduleInstances'))
      .filter(({ properties }) => properties.assignmentType === 'Activated')
      .map(({ properties }) => properties.originRoleAssignmentId?.split('/').at(-1)),
  )
  const assigned = await read<AssignmentRow>(`${address}/roleAssignments?api-version=2022-04-01`)
  const eligible = await instances('roleEligibilityScheduleInstances')
  return [
    ...assigned.map((row) => ({ ...row.properties, kind: activated.has(row.name) ? 'activated' : 'active' })),
    ...eligible.map((row) => ({ ...row.properties, kind: 'eligible' })),
  ]
}

/** Who effectively holds what in a subscription, put together from answers on the wire alone. */
export async function assembleAccess(
  read: Read,
  { tenantId, subscriptionId, licensed }: { tenantId: string; subscriptionId: string; licensed: boolean },
): Promise<Map<string, Holding>> {
  const address = `${ARM}/subscriptions/${subscriptionId}/providers/Microsoft.Authorization`
  const directory = await readDirectory(read)
  const members = membershipReader(read)
  const aboveOf = await scopesAbove(read, tenantId, subscriptionId)
  const denialsOf = await readDenials(read, members, address)
  const found = new Map<string, Holding>()
  for (const { principalId, principalType, roleDefinitionId, scope, kind } of await readHeld(read, address, licensed)) {
    const note = async (id: string, type: string, ways: number) => {
      const key = keyOf(id, roleDefinitionId.split('/').at(-1) ?? '', scope, kind)
      const known = found.get(key)
      if (known) known.ways += ways
      else
        found.set(key, { ...directory.factsOf(id, type), ways, deniedBy: await denialsOf(id, scope, aboveOf(scope)) })
    }
    if (!directory.groups.has(principalId)) {
      await note(principalId, principalType, 1)
      continue
    }
    const below = await members.waysFrom(principalId)
    const told = await members.peopleBelow(principalId)
    if (told.toSorted().join() !== [...below.keys()].sort().join())
      throw new Error(`The transitive members of ${principalId} are not those its members lead to.`)
    for (const [id, { type, ways }] of below) await note(id, type, ways)
  }
  return found
}
