import type { Random } from './random'
import type { AssignmentsSpec } from './tenant-spec'
import type { PrincipalType } from './types'

export type HolderKind = 'user' | 'group' | 'servicePrincipal' | 'foreignGroup' | 'device' | 'deleted' | 'unknown'
type Weights = NonNullable<AssignmentsSpec['principals']>

const TYPES: Record<HolderKind, PrincipalType> = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
  foreignGroup: 'ForeignGroup',
  device: 'Device',
  deleted: 'User',
  unknown: 'User',
}

export type Holder = { id: string; type: PrincipalType; index: number }
/** `turn` counts up; holders that take turns follow it, those drawn by weight do not. */
export type HolderSource = { size: number; draw(random: Random, turn: number): Holder }

/** Who can hold a role: everyone in turn, or by the weights of their kinds. */
export function createHolders(ids: Record<HolderKind, readonly string[]>, weights?: Weights): HolderSource {
  const kinds: HolderKind[] = ['deleted', 'group', 'servicePrincipal', 'user', 'foreignGroup', 'device', 'unknown']
  const wanted = kinds.filter((kind) => (weights ? (weights[kind] ?? 0) > 0 : ids[kind].length > 0))
  const all: Holder[] = []
  const ranges = wanted.map((kind) => {
    const start = all.length
    for (const id of ids[kind]) all.push({ id, type: TYPES[kind], index: all.length })
    return { start, length: ids[kind].length, weight: weights?.[kind] ?? 0 }
  })
  const total = ranges.reduce((sum, { weight }) => sum + weight, 0)
  const holderAt = (index: number): Holder => {
    const found = all[index]
    if (!found) throw new Error('There is nobody to hold a role.')
    return found
  }
  return {
    size: all.length,
    draw(random, turn) {
      if (total === 0) return holderAt(turn % all.length)
      let dice = random.next() * total
      for (const { start, length, weight } of ranges) {
        if (dice < weight) return holderAt(start + random.below(length))
        dice -= weight
      }
      return holderAt(all.length - 1)
    },
  }
}
