import rules from './directory-properties.json'

/**
 * What is known of one property in v1.0.
 *
 * - `list`: its value is a collection, which a filter reaches with `any` only.
 * - `filter`: the operators that `$filter` takes; `$count` stands for `/$count eq 0` and `/$count ne 0`.
 * - `advanced`: every filter on it needs `ConsistencyLevel: eventual` and `$count=true`.
 * - `single`: it can only be read of one object, not in a list.
 */
export type PropertyRule = {
  list?: boolean
  filter?: readonly string[]
  advanced?: boolean
  single?: boolean
}

/** The types whose properties are all known. */
export type DescribedType = keyof typeof rules

/**
 * The properties of v1.0's user, group, servicePrincipal, application and device, without their relationships.
 * Sources: names, collections and operators of filters are those in the package `@microsoft/microsoft-graph-types` 2.43.1
 * and its comments; `advanced` is that of microsoft-graph-docs-contrib `includes/filter-directory-objects.md` @0a8bce95;
 * `single` that of the comments ("Supported only on the Get group API") and, for people, of `user-list.md`.
 */
const RULES: Readonly<Record<string, Readonly<Record<string, PropertyRule>>>> = {
  ...rules,
  group: {
    ...rules.group,
    // Described for /beta only, but answered by v1.0; clients find teams by them. Recalled, not verified.
    creationOptions: { list: true, filter: ['eq', 'not'] },
    resourceBehaviorOptions: { list: true, filter: ['eq', 'not'] },
    resourceProvisioningOptions: { list: true, filter: ['eq', 'not'] },
  },
  // Source: resources/directoryaudit.md @090b00cc; a filter on the category is recalled.
  directoryAudit: {
    id: { filter: ['eq'] },
    activityDateTime: { filter: ['eq', 'ge', 'le'] },
    activityDisplayName: { filter: ['eq', 'startsWith'] },
    additionalDetails: { list: true },
    category: { filter: ['eq'] },
    correlationId: { filter: ['eq'] },
    initiatedBy: { filter: ['eq', 'startsWith'] },
    loggedByService: { filter: ['eq'] },
    operationType: {},
    result: {},
    resultReason: {},
    targetResources: { list: true, filter: ['eq', 'startsWith'] },
  },
}

const EQUALITY = ['eq', 'ne', 'not', 'in']

/** Operators that the comments leave out, although Microsoft's own examples use them (recalled, not verified). */
const MORE_OPERATORS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  user: { isResourceAccount: ['eq', 'ne'] },
  group: { mailEnabled: EQUALITY, securityEnabled: EQUALITY },
  servicePrincipal: { servicePrincipalType: EQUALITY },
  application: { identifierUris: ['eq', 'not', 'ge', 'le', 'startsWith'] },
}
const OF_EVERY_TYPE: Readonly<Record<string, readonly string[]>> = {
  id: EQUALITY,
  deletedDateTime: [...EQUALITY, 'ge', 'le'],
}

/** The rule of a property, spelled as Graph does; null when the type, or this property of it, is not described. */
export function ruleOf(type: string, name: string): PropertyRule | null {
  const rule = RULES[type]?.[name]
  if (!rule) return null
  return { ...rule, filter: MORE_OPERATORS[type]?.[name] ?? rule.filter ?? OF_EVERY_TYPE[name] ?? [] }
}

/** The first of these properties that can only be read of one object; undefined when there is none. */
export function findSingleOnly(type: string, names: readonly string[]): string | undefined {
  return names.find((name) => RULES[type]?.[name]?.single)
}

/**
 * Readers for every property of a type, with the value that a plain cloud tenant has: an empty list, null, or what is
 * named in {@link PLAIN}. The sandbox's own readers are written over them.
 */
export function plainPropertiesOf(type: DescribedType): Record<string, (item: { id: string }) => unknown> {
  const readers = Object.entries(RULES[type] ?? {}).map(([name, { list }]) => {
    const value = PLAIN[type]?.[name] ?? (list ? [] : null)
    return [name, () => value] as const
  })
  return Object.fromEntries(readers)
}

const NO_PROFILE_DATE = '0001-01-01T00:00:00Z' // what SharePoint's profile answers for a date that was never set (recalled)

const EXTENSION_ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null]),
)
const INFORMATION = {
  logoUrl: null,
  marketingUrl: null,
  privacyStatementUrl: null,
  supportUrl: null,
  termsOfServiceUrl: null,
}
const NO_PUBLISHER = { displayName: null, verifiedPublisherId: null, addedDateTime: null }

/** Values that are neither null nor an empty list where nobody has set anything. Recalled, not verified. */
const PLAIN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  user: {
    authorizationInfo: { certificateUserIds: [] },
    birthday: NO_PROFILE_DATE,
    hireDate: NO_PROFILE_DATE,
    onPremisesExtensionAttributes: EXTENSION_ATTRIBUTES,
  },
  servicePrincipal: { info: INFORMATION, verifiedPublisher: NO_PUBLISHER },
  application: {
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: null,
    },
    info: INFORMATION,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    verifiedPublisher: NO_PUBLISHER,
  },
}

/**
 * The security identifier of a person or group of the cloud: `S-1-12-1-` and the object id as four little-endian numbers.
 * Source: Microsoft's "Well-known SIDs", S-1-12-1 as the prefix of Entra ID; the order of the bytes is recalled.
 */
export function securityIdentifierOf({ id }: { id: string }): string {
  const [first = '', second = '', third = '', ...rest] = id.split('-')
  const reversed = [first, second, third].map((part) => (part.match(/../g) ?? []).reverse().join(''))
  const bytes = Buffer.from([...reversed, ...rest].join(''), 'hex')
  return `S-1-12-1-${[0, 4, 8, 12].map((at) => bytes.readUInt32LE(at)).join('-')}`
}
