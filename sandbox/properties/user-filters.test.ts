import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { World } from '../world/world'
import { readPages, tokenOf } from './small-world'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const TEXTS = ['displayName', 'givenName', 'surname', 'userPrincipalName', 'mail'] as const
type Text = (typeof TEXTS)[number]
/** The only ones of these that Graph takes endsWith for. */
const ENDING: ReadonlySet<Text> = new Set(['userPrincipalName', 'mail'])
type Person = Record<Text, string | null> & { id: string; accountEnabled: boolean; userType: string }

/** A filter as text and as a function. `binds` is the precedence of its operator, for parentheses. */
type Filter = { text: string; fits: (person: Person) => boolean; binds: number; advanced: boolean }

let sandbox: Sandbox
let token: string
let people: Person[]
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
  const made = makeTenant(world, { seed: 'filters', people: 60, guests: 15, disabled: 12, pageSize: 17 })
  const owner = world.findUser(`owner@${made.domain}`)
  if (!owner) throw new Error('The tenant has no owner.')
  const { tenant } = owner
  const ordinary = tenant.users.list().filter((one) => one.account === null && one.home === null)
  const odd = ["Siobhán O'Neil", 'and or not', 'Åse (ext), "quoted"', 'null', 'true']
  for (const [place, displayName] of odd.entries())
    applyChange(world, {
      type: 'rename',
      tenantId: tenant.id,
      user: ordinary[place * 3]?.id ?? '',
      displayName,
      mail: null,
    })
  token = tokenOf(world, tenant, owner.user.id, 'graph')
  people = await list('')
})
afterAll(() => sandbox.close())

async function list(query: string): Promise<Person[]> {
  const select = `$select=id,accountEnabled,userType,${TEXTS.join(',')}`
  return (await readPages<Person>(sandbox.url, token, `${GRAPH}/users?${select}${query}`)).flat()
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const same = (one: string | null, other: string) => one !== null && one.toLowerCase() === other.toLowerCase()

/** How to pick a value: of which person, in which case, or of nobody. People are only known when the sandbox runs. */
type Picked = { place: number; upper: boolean; stranger: boolean }
const pick = fc.record({
  place: fc.nat(),
  upper: fc.boolean(),
  stranger: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})
function pickedValue({ place, upper, stranger }: Picked, property: Text | 'id'): string {
  const value = stranger ? 'nobody' : (people[place % people.length]?.[property] ?? 'nobody')
  return upper ? value.toUpperCase() : value
}

type Made = () => Filter
const property = fc.constantFrom(...TEXTS)
const leaf = (make: () => Omit<Filter, 'binds' | 'advanced'>, advanced = false): Made => {
  return () => ({ ...make(), binds: 3, advanced })
}
const compare = fc.tuple(fc.constantFrom(...TEXTS, 'id' as const), pick, fc.boolean()).map(([name, picked, unequal]) =>
  leaf(() => {
    const value = pickedValue(picked, name)
    const text = `${name} ${unequal ? 'ne' : 'eq'} ${quoted(value)}`
    return { text, fits: (person) => same(person[name], value) !== unequal }
  }, unequal),
)
const among = fc
  .tuple(fc.constantFrom(...TEXTS, 'id' as const), fc.array(pick, { minLength: 1, maxLength: 4 }))
  .map(([name, picks]) =>
    leaf(() => {
      const values = picks.map((one) => pickedValue(one, name))
      const text = `${name} in (${values.map(quoted).join(', ')})`
      return { text, fits: (person) => values.some((value) => same(person[name], value)) }
    }),
  )
const affix = fc
  .tuple(property, pick, fc.integer({ min: 1, max: 5 }), fc.constantFrom('startsWith', 'startswith', 'endsWith'))
  .map(([drawn, picked, length, call]) => {
    const ends = call === 'endsWith'
    const name = ends && !ENDING.has(drawn) ? 'mail' : drawn
    return leaf(() => {
      const whole = pickedValue(picked, name)
      const part = ends ? whole.slice(-length) : whole.slice(0, length)
      const fits = (person: Person) => {
        const value = person[name]?.toLowerCase() ?? ''
        return ends ? value.endsWith(part.toLowerCase()) : value.startsWith(part.toLowerCase())
      }
      return { text: `${call}(${name}, ${quoted(part)})`, fits }
    }, ends)
  })
const enabled = fc
  .boolean()
  .map((value) =>
    leaf(() => ({ text: `accountEnabled eq ${value}`, fits: (person) => person.accountEnabled === value })),
  )
const kind = fc
  .constantFrom('Guest', 'Member', 'guest')
  .map((value) => leaf(() => ({ text: `userType eq '${value}'`, fits: (person) => same(person.userType, value) })))
const empty = property.map((name) => leaf(() => ({ text: `${name} eq null`, fits: (person) => person[name] === null })))

/** Adds parentheses where precedence demands them. */
const parenthesise = ({ text, binds }: Filter, strength: number) => (binds < strength ? `(${text})` : text)
function joined(word: 'and' | 'or', [one, other]: [Made, Made]): Made {
  return () => {
    const [left, right] = [one(), other()]
    const binds = word === 'and' ? 2 : 1
    return {
      text: `${parenthesise(left, binds)} ${word} ${parenthesise(right, binds)}`,
      fits: (person) =>
        word === 'and' ? left.fits(person) && right.fits(person) : left.fits(person) || right.fits(person),
      binds,
      advanced: left.advanced || right.advanced,
    }
  }
}
const negated = (made: Made): Made => {
  return () => {
    const inner = made()
    return { text: `not (${inner.text})`, fits: (person) => !inner.fits(person), binds: 3, advanced: true }
  }
}

const { filter } = fc.letrec<{ filter: Made }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'filter' },
    fc.oneof(compare, among, affix, enabled, kind, empty),
    fc.tuple(tie('filter'), tie('filter')).map((pair) => joined('and', pair)),
    fc.tuple(tie('filter'), tie('filter')).map((pair) => joined('or', pair)),
    tie('filter').map(negated),
  ),
}))

const ids = (all: Person[]) => all.map(({ id }) => id).sort()

test('a filtered list of people equals a filter in plain code, at any page size, and is counted correctly', () =>
  fc.assert(
    fc.asyncProperty(filter, fc.integer({ min: 1, max: 70 }), async (made, top) => {
      const { text, fits, advanced } = made()
      const query = `&$filter=${encodeURIComponent(text)}${advanced ? '&$count=true' : ''}&$top=${top}`
      const expected = people.filter(fits)
      expect(ids(await list(query)), text).toEqual(ids(expected))
      const address = `${GRAPH}/users/$count?$filter=${encodeURIComponent(text)}&$count=true`
      const response = await fetch(address.replace('https://', `${sandbox.url}/`), {
        headers: { authorization: `Bearer ${token}`, consistencylevel: 'eventual' },
      })
      expect([response.status, await response.text()], text).toEqual([200, String(expected.length)])
    }),
    { numRuns: 300 },
  ))
