import type { CoverageLine } from '@/lib/domain/vocabulary'
import { coverageOfWays } from './coverage-of-ways'

/** What ways may be missing for want of reading, as sentences; none when all that can lead to a role was read. */
export function missedWords(coverage: readonly CoverageLine[]): string[] {
  return coverageOfWays(coverage).map((line) => {
    if (line.dataset === 'groups') return `${groups(line.missing)} not opened: a role may be held through them too.`
    if (line.dataset === 'eligible') return 'Not all eligible roles were read: there may be more that can be activated.'
    return 'Not all role assignments were read: there may be more.'
  })
}

function groups(missing: number): string {
  if (missing === 0) return 'Some groups that hold roles were'
  return missing === 1 ? '1 group that holds roles was' : `${missing.toLocaleString('en')} groups that hold roles were`
}
