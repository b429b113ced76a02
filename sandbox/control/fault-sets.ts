import type { World } from '../world/world'
import type { FaultRule } from './fault-rule'

const named = new WeakMap<World, Map<string, FaultRule[]>>()

function setsOf(world: World): Map<string, FaultRule[]> {
  const known = named.get(world) ?? new Map<string, FaultRule[]>()
  named.set(world, known)
  return known
}

/** The rules of a set; without a name those of `world.faults`. */
export function faultSet(world: World, name: string | null): FaultRule[] {
  return name === null ? world.faults : (setsOf(world).get(name) ?? [])
}

export function putFaultSet(world: World, name: string | null, rules: FaultRule[]): void {
  if (name === null) world.faults = rules
  else setsOf(world).set(name, rules)
}

/** Removes a set; without a name every rule there is. */
export function clearFaults(world: World, name: string | null): void {
  if (name !== null) {
    setsOf(world).delete(name)
    return
  }
  world.faults = []
  setsOf(world).clear()
}

export type NamedRule = { rule: FaultRule; label: string }

/** Every rule in the order they are tried, `world.faults` first. A rule without a name is called by its place. */
export function allRules(world: World): NamedRule[] {
  const label = (rule: FaultRule, place: number, set: string) => ({ rule, label: rule.name ?? `${set}${place + 1}` })
  const rules = world.faults.map((rule, place) => label(rule, place, 'rule '))
  for (const [set, members] of setsOf(world))
    rules.push(...members.map((rule, place) => label(rule, place, `${set} rule `)))
  return rules
}
