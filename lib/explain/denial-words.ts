import type { ManagementGroup } from '@/lib/domain/vocabulary'
import type { Denial } from './denials-of'
import { isolated } from './isolated'
import { scopeWords } from './scope-words'

type Seen = { managementGroups: ManagementGroup[] | null; subscriptionName: string }

const CUTS: Record<Denial['cuts'], string> = {
  all: 'denies all that this role allows',
  part: 'denies part of what this role allows',
  unknown: 'may deny some of what this role allows, which could not be read',
}

/** A denial as a sentence: whose, how much of the role, and where. */
export function denialWords({ deny, cuts, where }: Denial, seen: Seen): string {
  const { place } = scopeWords({ scope: deny.scope, level: deny.level, ...seen })
  const reach = {
    everywhere: `wherever it reaches here: set at ${place}`,
    within: `within ${place}`,
    itself: `at ${place} itself, not in what lies below`,
  }[where]
  return `${isolated(deny.name)} ${CUTS[cuts]}, ${reach}.`
}
