import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pickCondition } from '@/sandbox/world/assignment-draws'
import { createRandom } from '@/sandbox/world/random'
import { BUILT_IN_ROLES } from '@/sandbox/world/roles'
import { listIdsIn, wordsOfCondition } from './condition-words'

const BACKUP = '{5e467623-bb1f-42f4-a55d-6e525e11384b, a795c7a0-d4a2-40c1-ae25-d81f01202912}'
const GROUPS = '{28c35fea-2099-4cf5-8ad9-473547bc9423, 86951b8b-723a-407b-a74a-1bca3f0c95d0}'
const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const nameOfRole = (id: string) => BUILT_IN_ROLES.get(id)?.name ?? null
const words = (condition: string) => wordsOfCondition(condition, nameOfRole)

/** The two clauses that the templates for delegation consist of, laid out as in the documentation. */
function delegation(expression: (source: string) => string, actions = ['write', 'delete']): string {
  return actions
    .map(
      (action) => `(
 (
  !(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})
 )
 OR 
 (
  ${expression(action === 'write' ? '@Request' : '@Resource')}
 )
)`,
    )
    .join('\nAND\n')
}
const roles = (source: string, operator = 'ForAnyOfAnyValues:GuidEquals', ids = BACKUP) =>
  `${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ${operator} ${ids}`
const types = (source: string, list: string) =>
  `${source}[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {${list}}`

/** A clause on blobs, as the documentation writes them. */
const blobs = (actions: string[], expression: string) =>
  `(\n (\n  ${actions.map((one) => `!(ActionMatches{'${CONTAINERS}/blobs/${one.replace('|', "'}")}${one.includes('|') ? '' : "'}"})`).join('\n  AND\n  ')}\n )\n OR \n (\n  ${expression}\n )\n)`
const NOT_LIST = "read| AND NOT SubOperationMatches{'Blob.List'}"
const LIST = "read| AND SubOperationMatches{'Blob.List'}"
const CONTAINER = `@Resource[${CONTAINERS}:name] StringEquals 'blobs-example-container'`

describe('the templates for those who may assign roles, as documented', () => {
  test.each([
    [
      'constrain roles',
      delegation((source) => roles(source)),
      'Can assign and remove roles only where the role is Backup Contributor or Backup Reader.',
    ],
    [
      'constrain roles and principal types',
      delegation((source) => `${roles(source)}\n  AND\n  ${types(source, "'User', 'Group'")}`),
      'Can assign and remove roles only where the role is Backup Contributor or Backup Reader, and the principal is a user or a group.',
    ],
    [
      'constrain roles and principals',
      delegation(
        (source) =>
          `${roles(source)} AND ${source}[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals ${GROUPS}`,
      ),
      'Can assign and remove roles only where the role is Backup Contributor or Backup Reader, and the principal is 28c35fea-2099-4cf5-8ad9-473547bc9423 or 86951b8b-723a-407b-a74a-1bca3f0c95d0.',
    ],
    [
      'allow all except specific roles',
      delegation((source) =>
        roles(
          source,
          'ForAnyOfAllValues:GuidNotEquals',
          '{8e3af657-a8ff-443c-a75c-2fe8c4bcb635, f58310d9-a9f6-439a-9e8d-f62e7b41a168, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9}',
        ),
      ),
      'Can assign and remove roles only where the role is none of Owner, Role Based Access Control Administrator or User Access Administrator.',
    ],
    [
      'constrain only adding',
      delegation((source) => roles(source), ['write']),
      'Can assign roles only where the role is Backup Contributor or Backup Reader.',
    ],
    [
      'different roles for adding and for removing',
      delegation((source) =>
        roles(
          source,
          'ForAnyOfAnyValues:GuidEquals',
          source === '@Request' ? BACKUP : '{7f951dda-4ed3-4680-a7ca-43fe172d538d}',
        ),
      ),
      'Can assign roles only where the role is Backup Contributor or Backup Reader. Can remove roles only where the role is AcrPull.',
    ],
  ])('%s', (_, condition, expected) => {
    expect(words(condition)).toBe(expected)
    expect(words(condition.replace(/\s+/g, ' '))).toBe(expected)
    expect(words(`(${condition})`)).toBe(expected)
    expect(words(condition.replace(/\bAND\b/g, '&&').replace(/\bOR\b/g, '||'))).toBe(expected)
  })

  test.each(['constructor', 'toString', '__proto__'])(
    'a kind of principal called %s is none that has words',
    (kind) => {
      expect(wordsOfCondition(delegation((source) => types(source, `'${kind}'`)))).toBeNull()
    },
  )

  test('roles without a known name are shown by their id', () => {
    expect(wordsOfCondition(delegation((source) => roles(source)))).toBe(
      'Can assign and remove roles only where the role is 5e467623-bb1f-42f4-a55d-6e525e11384b or a795c7a0-d4a2-40c1-ae25-d81f01202912.',
    )
  })
})

describe('conditions on blobs, as documented', () => {
  test.each([
    [
      'Read blobs with a blob index tag',
      blobs([NOT_LIST], `@Resource[${CONTAINERS}/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'`),
      'Can read blobs only where the tag “Project” is “Cascade”.',
    ],
    [
      'New blobs must include a blob index tag',
      blobs(
        [
          "write| AND SubOperationMatches{'Blob.Write.WithTagHeaders'}",
          "add/action| AND SubOperationMatches{'Blob.Write.WithTagHeaders'}",
        ],
        `@Request[${CONTAINERS}/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'`,
      ),
      'Can write and create blobs with tags only where the new tag “Project” is “Cascade”.',
    ],
    [
      'Existing blobs must have blob index tag keys',
      blobs(
        ["write| AND SubOperationMatches{'Blob.Write.WithTagHeaders'}", 'tags/write'],
        `@Request[${CONTAINERS}/blobs/tags&$keys$&] ForAllOfAnyValues:StringEquals {'Project', 'Program'}`,
      ),
      'Can write blobs with tags and write blob tags only where each of the new tags is “Project” or “Program”.',
    ],
    [
      'Existing blobs must have a blob index tag key and values',
      blobs(
        ['tags/write'],
        `@Request[${CONTAINERS}/blobs/tags&$keys$&] ForAnyOfAnyValues:StringEquals {'Project'} AND @Request[${CONTAINERS}/blobs/tags:Project<$key_case_sensitive$>] ForAllOfAnyValues:StringEquals {'Cascade', 'Baker', 'Skagit'}`,
      ),
      'Can write blob tags only where the new tags include “Project”, and the new tag “Project” is “Cascade”, “Baker” or “Skagit”.',
    ],
    [
      'Read, write, or delete blobs in named containers',
      blobs(['delete', 'read', 'write', 'add/action', 'runAsSuperUser/action'], CONTAINER),
      'Can delete, read, list, write and create blobs and act as superuser only where the container is “blobs-example-container”.',
    ],
    [
      'Read or list blobs in named containers with a path',
      `${blobs([NOT_LIST], `${CONTAINER} AND @Resource[${CONTAINERS}/blobs:path] StringStartsWith 'readonly/'`)} AND ${blobs([LIST], `${CONTAINER} AND @Request[${CONTAINERS}/blobs:prefix] StringStartsWith 'readonly/'`)}`,
      'Can read blobs only where the container is “blobs-example-container”, and the path starts with “readonly/”. Can list blobs only where the container is “blobs-example-container”, and the prefix asked for starts with “readonly/”.',
    ],
    [
      'Write blobs in named containers with a path',
      blobs(
        ['write', 'add/action'],
        `${CONTAINER} AND @Resource[${CONTAINERS}/blobs:path] StringLike 'uploads/contoso/*'`,
      ),
      'Can write and create blobs only where the container is “blobs-example-container”, and the path is like “uploads/contoso/*”.',
    ],
    [
      'Read only current blob versions',
      blobs([NOT_LIST], `@Resource[${CONTAINERS}/blobs:isCurrentVersion] BoolEquals true`),
      'Can read blobs only where the version is the current one.',
    ],
    [
      'one of several, over a private link',
      blobs(
        ['read'],
        `@Resource[${CONTAINERS}:name] ForAnyOfAnyValues:StringEqualsIgnoreCase {'a', 'b'} OR @Environment[isPrivateLink] BoolEquals true`,
      ),
      'Can read and list blobs only where the container is “a” or “b”, or the request comes over a private link.',
    ],
  ])('%s', (_, condition, expected) => {
    expect(words(condition)).toBe(expected)
  })
})

describe('a condition that is not fully understood gets no words', () => {
  const clause = (expression: string) => delegation(() => expression, ['write'])
  test.each([
    ['no condition at all', ''],
    ['something else', 'true'],
    ['an expression that is not limited to any action', CONTAINER],
    [
      'an undocumented attribute',
      clause('@Request[Microsoft.Authorization/roleAssignments:Colour] StringEquals {"red"}'),
    ],
    [
      'an attribute with the name of a property that every object has',
      clause("@Request[constructor] StringEquals 'x'"),
    ],
    [
      'attributes compared with each other',
      blobs(
        ['read'],
        `@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Team] StringEquals @Resource[${CONTAINERS}:name]`,
      ),
    ],
    ['an undocumented action', blobs(['colour/action'], CONTAINER)],
    [
      'a quantifier that keeps nobody out: every role is not one or not the other',
      clause(roles('@Request', 'ForAnyOfAnyValues:GuidNotEquals')),
    ],
    ['a quantifier that lets nobody in', clause(roles('@Request', 'ForAnyOfAllValues:GuidEquals'))],
    ['several values without a quantifier', clause(roles('@Request', 'GuidEquals'))],
    [
      'a removal that is looked up in the request, where Azure has no such attribute',
      delegation(() => roles('@Request'), ['delete']),
    ],
    ['a principal of a type we have no word for', clause(types('@Request', "'User', 'Toaster'"))],
    ['“and” mixed with “or” without parentheses', blobs(['read'], `${CONTAINER} AND ${CONTAINER} OR ${CONTAINER}`)],
    ['one clause that is known and one that is not', `${delegation((source) => roles(source))} AND (true)`],
    ['an empty list', clause(roles('@Request', 'ForAnyOfAnyValues:GuidEquals', '{}'))],
    ['a text that does not end', `${clause(roles('@Request'))} AND ('`],
    ['more closing parentheses than opening ones', `${clause(roles('@Request'))})`],
    [
      'a list of actions to allow, not to leave alone',
      `((ActionMatches{'${CONTAINERS}/blobs/read'}) OR (${CONTAINER}))`,
    ],
  ])('%s', (_, condition) => {
    expect(words(condition)).toBeNull()
  })
})

test('every condition of the sandbox has words', () => {
  const random = createRandom('conditions')
  const seen = new Set(Array.from({ length: 60 }, () => words(pickCondition(random).condition)))
  expect([...seen].sort()).toEqual([
    'Can assign and remove roles only where the role is Reader or Virtual Machine Contributor.',
    'Can read blobs only where the tag “Project” is “Cascade”.',
    'Can write blobs only where the container is “uploads”.',
  ])
})

describe('hostile texts', () => {
  const piece = fc.constantFrom(
    '(',
    ')',
    '{',
    '}',
    ',',
    '!',
    'AND',
    'OR',
    'NOT',
    '&&',
    '||',
    "'x'",
    "'",
    '@',
    '[',
    ']',
    ' ',
    '\n',
    '\u202e',
    'ActionMatches',
    `ActionMatches{'${CONTAINERS}/blobs/read'}`,
    "SubOperationMatches{'Blob.List'}",
    CONTAINER,
    roles('@Request'),
    '__proto__',
  )
  test('never throw, and give words only where there is a condition', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const found = words(pieces.join(' '))
        expect(found === null || found.startsWith('Can ')).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['parentheses without end', '('.repeat(20_000)],
    ['negations without end', '!'.repeat(20_000)],
    ['a megabyte', roles('@Request').repeat(10_000)],
    ['attributes that never close', '@Request['.repeat(2000)],
    [
      'a list of thousands',
      delegation(() => roles('@Request', 'ForAnyOfAnyValues:GuidEquals', `{${'a,'.repeat(9000)}a,}`), ['write']),
    ],
  ])('%s', (_, condition) => {
    expect(words(condition)).toBeNull()
  })
})

test('every GUID of a condition is listed, in lower case, whether it can be put into words or not', () => {
  expect(listIdsIn(`Anything ${BACKUP.toUpperCase()}`)).toEqual([
    '5e467623-bb1f-42f4-a55d-6e525e11384b',
    'a795c7a0-d4a2-40c1-ae25-d81f01202912',
  ])
  expect(listIdsIn('')).toEqual([])
})
