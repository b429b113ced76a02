import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReadGroup } from './access'
import { nestingOf } from './nesting-of'
import { reachOf } from './reach-of'

const GROUPS = ['g1', 'g2', 'g3', 'g4', 'g5']
const PEOPLE = ['ada', 'bo', 'cy', 'di']

/** Groups with any members, rings and members of themselves included; some are missing, as if they were never read. */
const directory = fc
  .record(
    Object.fromEntries(GROUPS.map((id) => [id, fc.option(fc.uniqueArray(fc.constantFrom(...GROUPS, ...PEOPLE)))])),
  )
  .map((members) => {
    const groups = new Map<string, ReadGroup>()
    for (const [id, list] of Object.entries(members)) {
      if (list === null) continue
      const ofKind = list.map((member) => ({ id: member, kind: GROUPS.includes(member) ? 'group' : 'user' }) as const)
      groups.set(id, { id, state: 'whole', members: ofKind })
    }
    return groups
  })

/** Length in groups of the shortest way between two, by trying ever longer ways; null when there is none. */
function shortest(groups: Map<string, ReadGroup>, from: string, to: string): number | null {
  let ends = [from]
  for (let length = 0; length <= GROUPS.length; length++) {
    if (ends.includes(to)) return length
    ends = ends.flatMap((id) =>
      (groups.get(id)?.members ?? []).filter(({ kind }) => kind === 'group').map(({ id }) => id),
    )
    ends = [...new Set(ends)]
  }
  return null
}

test('the groups inside a group are those that some way leads to, each at its shortest distance', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const expected = GROUPS.flatMap((id) => {
        const length = shortest(groups, 'g1', id)
        return length === null ? [] : [[id, length]]
      })
      expect([...nestingOf(groups, 'g1')].sort()).toEqual(expected.sort())
    }),
  )
})

test('whom a group reaches are the direct members of the groups inside it', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const expected = PEOPLE.filter((person) =>
        GROUPS.some(
          (id) => shortest(groups, 'g1', id) !== null && groups.get(id)?.members.some((member) => member.id === person),
        ),
      )
      expect([...reachOf(groups, 'g1')].sort()).toEqual(expected)
    }),
  )
})
