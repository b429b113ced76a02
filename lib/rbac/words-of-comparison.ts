import { listed } from './listed'
import type { Condition } from './parse-condition'

type Comparison = Extract<Condition, { kind: 'comparison' }>
type Naming = { sources: string[]; noun: string; type?: 'role' | 'principal' | 'principal_type' | 'switch' }

const ROLE_ASSIGNMENTS = 'microsoft.authorization/roleassignments'
const STORAGE = 'microsoft.storage/storageaccounts'
const CONTAINERS = `${STORAGE}/blobservices/containers`
const TAG = `${CONTAINERS}/blobs/tags:`
const TAG_KEYS = `${CONTAINERS}/blobs/tags&$keys$&`
const CASE_SENSITIVE = '<$key_case_sensitive$>'

/** Attributes and where each may come from ("Authorization actions and attributes"; "Actions and attributes for Blob Storage"). */
const ATTRIBUTES: Readonly<Record<string, Naming>> = {
  [`${ROLE_ASSIGNMENTS}:roledefinitionid`]: { sources: ['request', 'resource'], noun: 'the role', type: 'role' },
  [`${ROLE_ASSIGNMENTS}:principalid`]: { sources: ['request', 'resource'], noun: 'the principal', type: 'principal' },
  [`${ROLE_ASSIGNMENTS}:principaltype`]: {
    sources: ['request', 'resource'],
    noun: 'the principal',
    type: 'principal_type',
  },
  [`${STORAGE}:name`]: { sources: ['resource'], noun: 'the storage account' },
  [`${STORAGE}/encryptionscopes:name`]: { sources: ['resource'], noun: 'the encryption scope' },
  [`${CONTAINERS}:name`]: { sources: ['resource'], noun: 'the container' },
  [`${CONTAINERS}/blobs:path`]: { sources: ['resource'], noun: 'the path' },
  [`${CONTAINERS}/blobs:prefix`]: { sources: ['request'], noun: 'the prefix asked for' },
  [`${CONTAINERS}/blobs:iscurrentversion`]: {
    sources: ['resource'],
    noun: 'the version is the current one',
    type: 'switch',
  },
  isprivatelink: { sources: ['environment'], noun: 'the request comes over a private link', type: 'switch' },
}
const PRINCIPAL_TYPES: Readonly<Record<string, string>> = {
  user: 'a user',
  group: 'a group',
  serviceprincipal: 'a service principal',
}

/** What must hold, like "the container is “uploads”"; null when the attribute, or how it is compared, is not a known one. */
export function wordsOfComparison(comparison: Comparison, nameOfRole: (id: string) => string): string | null {
  const attribute = comparison.attribute.toLowerCase()
  if (attribute === TAG_KEYS) return wordsOfTagKeys(comparison)
  const naming = attribute.startsWith(TAG)
    ? namingOfTag(comparison)
    : Object.hasOwn(ATTRIBUTES, attribute)
      ? ATTRIBUTES[attribute]
      : null
  if (!naming?.sources.includes(comparison.source)) return null
  const test = testOf(comparison)
  if (!test) return null

  const { type, noun } = naming
  if (type === 'switch') return test.name === 'bool' && isTrue(comparison.values) ? noun : null
  if (type === 'role' || type === 'principal') {
    return test.name === 'guid'
      ? `${noun} ${said(test, comparison.values.map(type === 'role' ? nameOfRole : (id) => id))}`
      : null
  }
  if (test.name !== 'string') return null
  if (type !== 'principal_type') return `${noun} ${said(test, comparison.values.map(quoted))}`
  const types = comparison.values.map((one) => PRINCIPAL_TYPES[one.toLowerCase()] ?? null)
  return types.every((one) => one !== null) && test.relation === 'is' ? `${noun} ${said(test, types)}` : null
}

const quoted = (text: string) => `“${text}”`
const isTrue = (values: string[]) => values.length === 1 && values[0]?.toLowerCase() === 'true'

function namingOfTag({ attribute, source }: Comparison): Naming | null {
  const key = attribute.slice(TAG.length)
  if (!key.toLowerCase().endsWith(CASE_SENSITIVE)) return null
  const name = quoted(key.slice(0, -CASE_SENSITIVE.length))
  return { sources: ['request', 'resource'], noun: source === 'request' ? `the new tag ${name}` : `the tag ${name}` }
}

/** The keys of a blob's tags are several, so it matters whether one of them is meant or each. */
function wordsOfTagKeys({ source, operator, values }: Comparison): string | null {
  const tags = source === 'request' ? 'the new tags' : source === 'resource' ? 'the tags' : null
  const keys = listed(values.map(quoted), 'or')
  if (!tags) return null
  if (operator.toLowerCase() === 'foranyofanyvalues:stringequals') return `${tags} include ${keys}`
  return operator.toLowerCase() === 'forallofanyvalues:stringequals' ? `each of ${tags} is ${keys}` : null
}

type Test = { name: 'guid' | 'string' | 'bool'; relation: 'is' | 'starts with' | 'is like'; negated: boolean }

const OPERATORS: Readonly<Record<string, Test>> = {
  guidequals: { name: 'guid', relation: 'is', negated: false },
  guidnotequals: { name: 'guid', relation: 'is', negated: true },
  boolequals: { name: 'bool', relation: 'is', negated: false },
  stringequals: { name: 'string', relation: 'is', negated: false },
  stringnotequals: { name: 'string', relation: 'is', negated: true },
  stringstartswith: { name: 'string', relation: 'starts with', negated: false },
  stringnotstartswith: { name: 'string', relation: 'starts with', negated: true },
  stringlike: { name: 'string', relation: 'is like', negated: false },
  stringnotlike: { name: 'string', relation: 'is like', negated: true },
}

/**
 * How one value is compared with several. The attribute has one value, so only the half of the quantifier that is about the
 * values counts: one of any is a list to choose from, not one of all is a list to keep out. The other two are traps: "is
 * not one or is not the other" is always true and keeps out nothing, "is the one and the other" never. They are no known
 * form, so that they are shown as they stand.
 */
function testOf({ operator, values }: Comparison): Test | null {
  const parts = operator.toLowerCase().split(':')
  const [quantifier, name = ''] = parts.length === 2 ? parts : [null, parts[0]]
  const plain = name.startsWith('string') && name.endsWith('ignorecase') ? name.slice(0, -'ignorecase'.length) : name
  const test = parts.length <= 2 && Object.hasOwn(OPERATORS, plain) ? OPERATORS[plain] : undefined
  if (!test) return null
  if (quantifier === null) return values.length === 1 ? test : null
  const overAll = quantifier === 'foranyofallvalues' || quantifier === 'forallofallvalues'
  if (!overAll && quantifier !== 'foranyofanyvalues' && quantifier !== 'forallofanyvalues') return null
  return values.length === 1 || overAll === test.negated ? test : null
}

function said({ relation, negated }: Test, values: string[]): string {
  const list = listed(values, 'or')
  if (!negated) return `${relation} ${list}`
  if (relation === 'starts with') return `does not start with ${list}`
  return values.length === 1
    ? `${relation.replace('is', 'is not')} ${list}`
    : `${relation.replace('is', 'is none of')} ${list}`
}
