import type { PrincipalFacts } from '@/lib/domain/access'
import type { StoredPrincipal } from './stored-directory'

/** Two look-ups that are less apart than this count as one: a new account takes up to some minutes to be known everywhere. */
const MINUTES_BETWEEN_LOOKS = 5

/** An account that holds an assignment older than this existed a day ago, so it is not one that is only just being made. */
const OLD_AFTER_HOURS = 24

type Look = {
  /** When the oldest assignment of the principal was made, where Azure tells it. */
  assignedOn: Date | undefined
  /** Whether the recycle bin answered: without it a deleted account looks like one that never was. */
  binRead: boolean
  now: Date
}

/**
 * What is said of a principal that the directory does not know. It is *not found* only when two look-ups some minutes apart
 * missed it, or when its assignment is older than a day and the recycle bin answered; until then it is *unconfirmed*. An
 * account that was made moments ago answers 404 for a while (microsoft-graph-docs 15839, ansible-collections/azure 2258).
 *
 * @param before what earlier runs knew of it
 */
export function confirmMissing(
  before: Pick<StoredPrincipal, 'status' | 'missingSince'> | undefined,
  { assignedOn, binRead, now }: Look,
): Pick<PrincipalFacts, 'status' | 'missingSince'> {
  const missingSince = before?.missingSince ?? now
  const wasMissed = now.getTime() - missingSince.getTime() >= MINUTES_BETWEEN_LOOKS * 60_000
  const isOld = assignedOn !== undefined && now.getTime() - assignedOn.getTime() >= OLD_AFTER_HOURS * 3_600_000
  const isConfirmed = before?.status === 'not_found' || wasMissed || (isOld && binRead)
  return { status: isConfirmed ? 'not_found' : 'unconfirmed', missingSince }
}
