import { z } from 'zod'
import { WorldRefusal } from './lookups'
import type { Licence, PageSizes } from './types'

const MANAGEMENT_GROUP_LEVELS = 6 // Azure's limit below the tenant root

const count = z.int().min(0)
/** A count, or a share of the whole when it is between 0 and 1. */
const countOrShare = z
  .number()
  .min(0)
  .refine((value) => value < 1 || Number.isInteger(value), 'is a whole number, or a share between 0 and 1')
const weight = z.number().min(0).optional()
const pages = z.int().min(1)

/** One page size for every list, or one for each. */
export const PageSize = z.union([
  pages,
  z.strictObject({
    assignments: pages.optional(),
    instances: pages.optional(),
    subscriptions: pages.optional(),
    users: pages.optional(),
    members: pages.optional(),
  }),
])

const Groups = z.strictObject({
  count,
  /** The number of people in each group, or `sizes` to draw it between two numbers. */
  size: count.optional(),
  sizes: z.strictObject({ min: count, max: count }).optional(),
  /** How many levels of groups contain one another, as far as there are enough groups. */
  depth: count.optional(),
  /** How many rings of groups that contain one another, as far as there are enough groups. */
  cycles: count.optional(),
  /** The number of people in the one largest group. */
  largest: count.optional(),
  roleAssignable: countOrShare.optional(),
  /** The share of groups that contain a service principal, managed identity or agent. */
  services: z.number().min(0).max(1).optional(),
  /** How many memberships and ownerships of groups can be activated (Privileged Identity Management); needs the licence P2. */
  eligible: count.optional(),
})

const Assignments = z.strictObject({
  count,
  /** The weight of each level of scope. */
  scopes: z
    .strictObject({
      root: weight,
      managementGroup: weight,
      subscription: weight,
      resourceGroup: weight,
      resource: weight,
    })
    .optional(),
  /** The weight of each kind of holder. */
  principals: z
    .strictObject({
      user: weight,
      group: weight,
      servicePrincipal: weight,
      foreignGroup: weight,
      device: weight,
      deleted: weight,
      unknown: weight,
      agentUser: weight,
      agentServicePrincipal: weight,
      workload: weight,
    })
    .optional(),
})

const Spec = z.strictObject({
  seed: z.union([z.string(), z.number()]).optional(),
  name: z.string().min(1).optional(),
  /** All users except the accounts. */
  people: count.optional(),
  guests: countOrShare.optional(),
  disabled: countOrShare.optional(),
  /** In addition to `people`; every second one is still in the recycle bin. */
  deleted: countOrShare.optional(),
  /** The share of people with a last sign-in. */
  signIns: z.number().min(0).max(1).optional(),
  groups: z.union([count, Groups]).optional(),
  /** As many identities of agents as accounts of agents; the accounts are also drawn as members of groups. */
  agents: count.optional(),
  devices: count.optional(),
  servicePrincipals: count.optional(),
  /** Levels of management groups below the tenant root; subscriptions lie in the lowest. */
  managementGroupDepth: count.max(MANAGEMENT_GROUP_LEVELS).optional(),
  managementGroups: count.optional(),
  subscriptions: count.optional(),
  /** In each subscription. */
  resourceGroups: count.optional(),
  /** How many apply to each subscription in total, including inherited ones and those of the accounts. */
  assignments: z.union([count, Assignments]).optional(),
  customRoles: count.optional(),
  /** Custom roles that allow everything an Owner may do, written in three different ways, one after another. */
  ownerRoles: count.optional(),
  /** Custom roles that can be assigned in one resource group only, each assigned there to a person. */
  narrowRoles: count.optional(),
  /** Assignments with a condition, in each subscription: a count, or a share. */
  conditions: countOrShare.optional(),
  /** Assignments with an end, in each subscription: a count, or a share. */
  timeBound: countOrShare.optional(),
  /** Eligible roles in each subscription, and how many of them are activated now. */
  eligibility: count.optional(),
  activated: countOrShare.optional(),
  denyAssignments: count.optional(),
  /** What is delegated to other tenants by Azure Lighthouse, in each subscription. */
  delegations: count.optional(),
  licence: z.enum(['free', 'p1', 'p2']).optional(),
  pageSize: PageSize.optional(),
  /** Whether an administrator has consented to the portal's application; a list adds Graph permissions to those it registered. */
  consented: z.union([z.boolean(), z.array(z.string())]).optional(),
  powerless: z.enum(['forbidden', 'empty']).optional(),
  mixedRoleIds: z.boolean().optional(),
  throttling: z
    .strictObject({
      arm: z.union([z.boolean(), z.strictObject({ bucket: pages, refillPerSecond: z.number().min(0) })]).optional(),
      graph: z.union([z.boolean(), z.strictObject({ units: pages, windowSeconds: z.number().min(0) })]).optional(),
    })
    .optional(),
})

/** What a tenant to be made looks like; everything may be left out. */
export type TenantSpec = z.infer<typeof Spec>
export type GroupsSpec = z.infer<typeof Groups>
export type AssignmentsSpec = z.infer<typeof Assignments>

/** Checks what was asked for. Throws WorldRefusal with a sentence about the first thing that is wrong. */
export function checkSpec(asked: unknown): TenantSpec {
  const parsed = Spec.safeParse(asked)
  if (!parsed.success) throw new WorldRefusal(parsed.error.issues.slice(0, 1).map(describeIssue).join(' '))
  const spec = parsed.data
  const { people = 20, managementGroupDepth: depth = 0, managementGroups, eligibility = 0 } = spec
  refuseWhen(
    countOf(spec.guests, people) + countOf(spec.disabled, people) > people,
    `guests and disabled are more than the ${people} people there are.`,
  )
  refuseWhen(
    managementGroups !== undefined && managementGroups < depth,
    `${depth} levels need at least ${depth} managementGroups.`,
  )
  refuseWhen((managementGroups ?? 0) > 0 && depth === 0, 'managementGroups needs a managementGroupDepth.')
  refuseWhen(countOf(spec.activated, eligibility) > eligibility, 'More is activated than there is eligibility.')
  refuseWhen(eligibility > 0 && people === 0, 'eligibility needs people.')
  refuseWhen((spec.narrowRoles ?? 0) > 0 && people === 0, 'narrowRoles needs people.')
  refuseWhen((spec.narrowRoles ?? 0) > 0 && spec.resourceGroups === 0, 'narrowRoles needs resourceGroups.')
  refuseWhen(
    eligibility > 0 && (spec.licence ?? 'p2') !== 'p2',
    `eligibility needs the licence p2, not ${spec.licence}.`,
  )
  if (typeof spec.groups === 'object') checkGroups(spec.groups, people, spec.licence ?? 'p2')
  if (typeof spec.assignments === 'object') checkAssignments(spec.assignments, spec)
  return spec
}

function checkGroups(groups: GroupsSpec, people: number, licence: Licence): void {
  const { largest = 0, size = 0, sizes, eligible = 0 } = groups
  refuseWhen(eligible > 0 && licence !== 'p2', `groups.eligible needs the licence p2, not ${licence}.`)
  refuseWhen(eligible > 0 && (groups.count === 0 || people === 0), 'groups.eligible needs a group and people.')
  refuseWhen(groups.size !== undefined && sizes !== undefined, 'Give groups.size or groups.sizes, not both.')
  refuseWhen(sizes !== undefined && sizes.min > sizes.max, 'groups.sizes.min is above groups.sizes.max.')
  refuseWhen(largest > people, `groups.largest is ${largest}, but there are ${people} people.`)
  refuseWhen(Math.max(size, sizes?.max ?? 0) > people, `Groups cannot be larger than the ${people} people there are.`)
  refuseWhen(largest > 0 && groups.count === 0, 'groups.largest needs a group.')
}

function checkAssignments({ principals = {}, scopes = {} }: AssignmentsSpec, spec: TenantSpec): void {
  const { people = 20, groups = 0 } = spec
  const available = {
    user: people,
    group: typeof groups === 'number' ? groups : groups.count,
    servicePrincipal: spec.servicePrincipals ?? 0,
    foreignGroup: 1,
    device: spec.devices ?? 0,
    deleted: countOf(spec.deleted, people),
    unknown: 1,
    agentUser: 1,
    agentServicePrincipal: 1,
    workload: 1,
  }
  for (const [kind, number] of Object.entries(available))
    refuseWhen(
      number === 0 && (principals[kind as keyof typeof available] ?? 0) > 0,
      `assignments.principals.${kind} has a weight, but the world has none.`,
    )
  const sum = (weights: Record<string, number | undefined>) =>
    Object.values(weights).reduce<number>((total, one) => total + (one ?? 0), 0)
  refuseWhen(
    Object.keys(principals).length > 0 && sum(principals) === 0,
    'assignments.principals has no weight above 0.',
  )
  refuseWhen(Object.keys(scopes).length > 0 && sum(scopes) === 0, 'assignments.scopes has no weight above 0.')
  refuseWhen(
    spec.resourceGroups === 0 && (scopes.resourceGroup ?? 0) + (scopes.resource ?? 0) > 0,
    'assignments.scopes asks for resource groups, but resourceGroups is 0.',
  )
}

function refuseWhen(when: boolean, sentence: string): void {
  if (when) throw new WorldRefusal(sentence)
}

/** The count that is meant: a number between 0 and 1 is a share of the whole. */
export function countOf(countOrShare: number | undefined, whole: number): number {
  if (countOrShare === undefined) return 0
  return countOrShare > 0 && countOrShare < 1 ? Math.round(countOrShare * whole) : countOrShare
}

/** A single number is used as the page size of every list. */
export function toPageSizes(pageSize: number | Partial<PageSizes>): Partial<PageSizes> {
  if (typeof pageSize !== 'number') return pageSize
  return {
    assignments: pageSize,
    instances: pageSize,
    subscriptions: pageSize,
    users: pageSize,
    members: pageSize,
  }
}

type Issue = z.core.$ZodIssue

/** Describes what is wrong, in a sentence that names the parameter. */
export function describeIssue(first: Issue): string {
  const issue = deepestIssue(first)
  const name = issue.path.join('.') || 'The body'
  if (issue.code === 'unrecognized_keys')
    return `There is no parameter called ${issue.keys.map((key) => [...issue.path, key].join('.')).join(', ')}.`
  if (issue.code === 'too_small') return `${name} must be ${issue.minimum} or more.`
  if (issue.code === 'too_big') return `${name} must be ${issue.maximum} at most.`
  if (issue.code === 'custom') return `${name} ${issue.message}.`
  return `${name} is wrong: ${issue.message}.`
}

/** When no branch of a union fits, report the branch that failed at the longest path: the caller most likely meant that one. */
function deepestIssue(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().filter((one) => one.code !== 'invalid_type' || one.path.length > 0)
  const [found] = inner.sort((one, other) => other.path.length - one.path.length)
  return found ? deepestIssue({ ...found, path: [...issue.path, ...found.path] }) : issue
}
