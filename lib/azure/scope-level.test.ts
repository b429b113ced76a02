import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignmentKey } from './role-assignments'
import { scopeLevel } from './scope-level'

const name = fc.stringMatching(/^[A-Za-z0-9._()-]{1,20}$/)
/** Any mixture of upper and lower case of the same text. */
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((up) => [...text].map((letter, at) => (up[at] ? letter.toUpperCase() : letter.toLowerCase())).join(''))

const subscription = name.map((id) => `/subscriptions/${id}`)
const resourceGroup = fc.tuple(subscription, name).map(([above, id]) => `${above}/resourceGroups/${id}`)
const resource = fc.oneof(
  fc.tuple(resourceGroup, name, name).map(([above, type, id]) => `${above}/providers/Microsoft.Storage/${type}/${id}`),
  fc.tuple(subscription, name, name).map(([above, type, id]) => `${above}/providers/Microsoft.Support/${type}/${id}`),
)
const scopes = {
  root: fc.constant('/'),
  management_group: name.map((id) => `/providers/Microsoft.Management/managementGroups/${id}`),
  subscription,
  resource_group: resourceGroup,
  resource,
} as const

test.each(Object.entries(scopes))('%s scopes are told apart in any case', (level, arbitrary) => {
  fc.assert(fc.property(arbitrary.chain(anyCase), (scope) => scopeLevel(scope) === level))
})

test('an assignment keeps its key in any case, and shares it with no other', () => {
  const written = fc.tuple(fc.oneof(...Object.values(scopes)), fc.uuid())
  fc.assert(
    fc.property(written, written, ([scope, id], [otherScope, otherId]) => {
      expect(assignmentKey(scope.toUpperCase(), id.toUpperCase())).toBe(assignmentKey(scope, id))
      const same = scope.toLowerCase() === otherScope.toLowerCase() && id === otherId
      expect(assignmentKey(scope, id) === assignmentKey(otherScope, otherId)).toBe(same)
    }),
  )
})
