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
type Authorization = { principalId: string; principalIdDisplayName?: string; roleDefinitionId: string }
type RegistrationRow = {
  id: string
  properties: {
    registrationDefinition: {
      properties: { authorizations: Authorization[]; eligibleAuthorizations?: Authorization[] }
    }
  }
}
type Member = { id: string; '@odata.type': string }
type ScheduleRow = { principalId: string; accessId: string; assignmentType?: string }
type Person = {
  id: string
  '@odata.type'?: string
  displayName: string
  userType: string
  accountEnabled: boolean
  externalUserState: string | null
}
type Descendant = { name: string; properties: { parent: { id: string } } }

/** What a principal holds at a scope, according to the answers alone. */
export type Holding = {
  type: string
  name: string | null
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
  guest: boolean
  /** The number of paths to it. */
  paths: number
  deniedBy: string[]
}

const ARM = 'https://management.azure.com'
const GRAPH = 'https://graph.microsoft.com/v1.0'
const BETA = 'https://graph.microsoft.com/beta' // v1.0 leaves service principals out of members
const MANAGEMENT_GROUP = '/providers/Microsoft.Management/managementGroups/'
const TYPES: Record<string, string> = {
  user: 'User',
  servicePrincipal: 'ServicePrincipal',
  device: 'Device',
  agentUser: 'AgentUser',
  agentIdentity: 'AgentServicePrincipal',
}

/** From the strongest to the weakest. A path is as weak as its weakest part. */
const KINDS = ['active', 'activated', 'eligible']
const weakest = (...kinds: string[]) => KINDS.findLast((kind) => kinds.includes(kind)) ?? 'active'

/** Identifies what a principal holds. */
export const keyOf = (principalId: string, roleId: string, scope: string, kind: string) =>
  [principalId, roleId, scope, kind].join(' ').toLowerCase()

/** Reads the directory: its groups, and the facts of every other principal by id. */
async function readDirectory(read: Read) {
  const select = '$select=id,displayName,userType,accountEnabled,externalUserState'
  const people = await read<Person>(`${GRAPH}/users?${select}`)
  const deleted = await read<Person>(`${GRAPH}/directory/deletedItems/microsoft.graph.user?${select}`)
  const others = [
    ...(await read<Person>(`${GRAPH}/servicePrincipals?$select=id,displayName`)),
    ...(await read<Person>(`${GRAPH}/devices?$select=id,displayName`)),
  ]
  const deletedIds = new Set(deleted.map(({ id }) => id))
  const users = new Map([...people, ...deleted].map((one) => [one.id, one]))
  const names = new Map(others.map((one) => [one.id, one.displayName]))
  const types = new Map(
    [...people.map((one) => [one, 'user'] as const), ...others.map((one) => [one, 'servicePrincipal'] as const)].map(
      ([one, type]) => [one.id, one['@odata.type']?.replace('#microsoft.graph.', '') ?? type],
    ),
  )
  const groups = new Set((await read<Person>(`${GRAPH}/groups?$select=id`)).map(({ id }) => id))
  const statusOf = (id: string, type: string): Holding['status'] => {
    const user = users.get(id)
    if (!user) return names.has(id) || type === 'ForeignGroup' ? null : 'deleted'
    if (deletedIds.has(id)) return 'deleted'
    if (!user.accountEnabled) return 'disabled'
    return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
  }
  return {
    groups,
    /** The type of an object as members show it. */
    typeOf: (id: string) => types.get(id) ?? (groups.has(id) ? 'group' : 'device'),
    factsOf: (id: string, type: string) => ({
      type,
      name: users.get(id)?.displayName ?? names.get(id) ?? null,
      guest: users.get(id)?.userType === 'Guest',
      status: statusOf(id, type),
    }),
  }
}

/** Counts the paths from a group to each principal below it, with no group twice in a path; and reads its transitive members. */
function createMembershipReader(read: Read, licensed: boolean, typeOfObject: (id: string) => string) {
  const known = new Map<string, Promise<Member[]>>()
  const list = (groupId: string, relation: string): Promise<Member[]> => {
    const address = `${BETA}/groups/${groupId}/${relation}?$select=id`
    const rows = known.get(address) ?? read<Member>(address)
    known.set(address, rows)
    return rows
  }
  const typeOf = (member: Member) => member['@odata.type'].replace('#microsoft.graph.', '')
  const schedulesOf = (groupId: string, name: string): Promise<ScheduleRow[]> =>
    licensed
      ? read(
          `${GRAPH}/identityGovernance/privilegedAccess/group/${name}ScheduleInstances?$filter=groupId eq '${groupId}'`,
        )
      : Promise.resolve([])
  /** Who is, or may become, a member of a group, with how. */
  const readEdges = async (groupId: string) => {
    const activated = (await schedulesOf(groupId, 'assignment'))
      .filter((one) => one.assignmentType === 'activated' && one.accessId === 'member')
      .map((one) => one.principalId)
    const eligible = (await schedulesOf(groupId, 'eligibility')).filter((one) => one.accessId === 'member')
    return [
      ...(await list(groupId, 'members')).map((member) => ({
        id: member.id,
        type: typeOf(member),
        kind: activated.includes(member.id) ? 'activated' : 'active',
      })),
      ...eligible.map(({ principalId: id }) => ({ id, type: typeOfObject(id), kind: 'eligible' })),
    ]
  }
  const edges = new Map<string, ReturnType<typeof readEdges>>()
  const edgesOf = (groupId: string) => {
    const known = edges.get(groupId) ?? readEdges(groupId)
    edges.set(groupId, known)
    return known
  }
  type PathCounts = Map<string, { id: string; type: string; kind: string; paths: number }>
  const walk = async (chain: string[], before: string, found: PathCounts): Promise<PathCounts> => {
    for (const { id, type, kind: last } of await edgesOf(chain.at(-1) ?? '')) {
      const kind = weakest(before, last)
      if (type === 'group') {
        if (!chain.includes(id)) await walk([...chain, id], kind, found)
        continue
      }
      const paths = (found.get(`${kind} ${id}`)?.paths ?? 0) + 1
      found.set(`${kind} ${id}`, { id, type: TYPES[type] ?? type, kind, paths })
    }
    return found
  }
  return {
    countPaths: async (groupId: string) => [...(await walk([groupId], 'active', new Map())).values()],
    listBelow: async (groupId: string) => new Set((await list(groupId, 'transitiveMembers')).map(({ id }) => id)),
    async listPrincipalsBelow(groupId: string): Promise<string[]> {
      const all = await list(groupId, 'transitiveMembers')
      return all.filter((one) => typeOf(one) !== 'group').map(({ id }) => id)
    },
  }
}

/** Reads the tree of management groups; returns a function that lists the scopes above a scope, in lower case. */
async function readScopesAbove(
  read: Read,
  tenantId: string,
  subscriptionId: string,
): Promise<(scope: string) => string[]> {
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

/** Reads the deny assignments; returns a function that lists those that apply to a principal at a scope. */
async function readDenials(read: Read, members: ReturnType<typeof createMembershipReader>, address: string) {
  const rows = await read<DenyRow>(`${address}/denyAssignments?api-version=2022-04-01`)
  const isNamedIn = async (list: DenyPrincipal[], id: string): Promise<boolean> => {
    for (const one of list) {
      if (one.type === 'SystemDefined' || one.id === id) return true
      if (one.type === 'Group' && (await members.listBelow(one.id)).has(id)) return true
    }
    return false
  }
  return async (id: string, scope: string, above: string[]): Promise<string[]> => {
    const found: string[] = []
    for (const { name, properties } of rows) {
      const at = properties.scope.toLowerCase()
      if (at !== scope.toLowerCase() && (properties.doNotApplyToChildScopes || !above.includes(at))) continue
      if ((await isNamedIn(properties.principals, id)) && !(await isNamedIn(properties.excludePrincipals, id)))
        found.push(name)
    }
    return found.sort()
  }
}

/** Reads assignments and eligibilities with their kind. Without the licence the lists of schedules cannot be read. */
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

/** Reads who of other tenants has access by Azure Lighthouse, at the subscription and at each of its resource groups. */
async function readDelegates(read: Read, subscriptionId: string): Promise<Map<string, Holding>> {
  const subscription = `${ARM}/subscriptions/${subscriptionId}`
  const groups = await read<{ id: string }>(`${subscription}/resourcegroups?api-version=2022-09-01`)
  const found = new Map<string, Holding>()
  for (const scope of [subscription, ...groups.map(({ id }) => `${ARM}${id}`)]) {
    const rows = await read<RegistrationRow>(
      `${scope}/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true`,
    )
    for (const { id, properties } of rows) {
      const at = id.slice(0, id.indexOf('/providers/'))
      const { authorizations, eligibleAuthorizations = [] } = properties.registrationDefinition.properties
      const add = ({ principalId, principalIdDisplayName, roleDefinitionId }: Authorization, kind: string) =>
        found.set(keyOf(principalId, roleDefinitionId, at, kind), {
          type: 'Delegate',
          name: principalIdDisplayName ?? null,
          status: null,
          guest: false,
          paths: 1,
          deniedBy: [],
        })
      for (const one of authorizations) add(one, 'active')
      for (const one of eligibleAuthorizations) add(one, 'eligible')
    }
  }
  return found
}

/** Finds out who holds what in a subscription, from the sandbox's answers alone. */
export async function assembleAccess(
  read: Read,
  { tenantId, subscriptionId, licensed }: { tenantId: string; subscriptionId: string; licensed: boolean },
): Promise<Map<string, Holding>> {
  const address = `${ARM}/subscriptions/${subscriptionId}/providers/Microsoft.Authorization`
  const directory = await readDirectory(read)
  const members = createMembershipReader(read, licensed, directory.typeOf)
  const aboveOf = await readScopesAbove(read, tenantId, subscriptionId)
  const denialsOf = await readDenials(read, members, address)
  const found = await readDelegates(read, subscriptionId)
  for (const { principalId, principalType, roleDefinitionId, scope, kind } of await readHeld(read, address, licensed)) {
    const addPaths = async (id: string, type: string, paths: number, through = 'active') => {
      const key = keyOf(id, roleDefinitionId.split('/').at(-1) ?? '', scope, weakest(kind, through))
      const known = found.get(key)
      if (known) known.paths += paths
      else
        found.set(key, { ...directory.factsOf(id, type), paths, deniedBy: await denialsOf(id, scope, aboveOf(scope)) })
    }
    if (!directory.groups.has(principalId)) {
      await addPaths(principalId, principalType, 1)
      continue
    }
    const below = await members.countPaths(principalId)
    const listed = await members.listPrincipalsBelow(principalId)
    const now = new Set(below.filter((one) => one.kind !== 'eligible').map(({ id }) => id))
    if (listed.toSorted().join() !== [...now].sort().join())
      throw new Error(`The transitive members of ${principalId} are not those its members lead to.`)
    for (const one of below) await addPaths(one.id, one.type, one.paths, one.kind)
  }
  return found
}
