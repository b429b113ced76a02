import { FRESH_MINUTES } from '@/lib/domain/coverage'
import type { DirectoryReading } from './read-directory'

/**
 * The readings of one directory that are not too old for everyone, and of each group and principal the newest that knows it. A company
 * of a thousand subscriptions has more than a hundred readings in ten minutes, so that going through all of them for each of a
 * hundred thousand people would cost more than anything else of a sync.
 */
export class KnownReadings {
  private newestFirst: DirectoryReading[] = []
  private readonly ofGroup = new Map<string, DirectoryReading>()
  private readonly ofPrincipal = new Map<string, DirectoryReading>()

  /** The newest of all; undefined where nothing is known. */
  get newest(): DirectoryReading | undefined {
    return this.newestFirst[0]
  }

  /** Those that began at a moment or later, the newest first. */
  since(moment: Date): DirectoryReading[] {
    return this.newestFirst.filter(({ beganAt }) => beganAt >= moment)
  }

  /** Adds readings that are not known yet, and forgets those that are too old for everyone by then. */
  add(readings: readonly DirectoryReading[]): void {
    const known = new Set(this.newestFirst.map(({ id }) => id))
    const more = readings.filter(({ id }) => !known.has(id))
    for (const reading of more) {
      keepNewest(this.ofGroup, reading.opened.groups.keys(), reading)
      keepNewest(this.ofPrincipal, reading.principals.keys(), reading)
    }
    this.newestFirst = [...more, ...this.newestFirst].toSorted(
      (one, other) => other.beganAt.getTime() - one.beganAt.getTime(),
    )
    this.forgetOld()
  }

  /** The newest reading that has opened a group, if it began at a moment or later. */
  withGroup(id: string, since: Date): DirectoryReading | undefined {
    return ifSince(this.ofGroup.get(id), since)
  }

  /** The newest reading that tells what a principal is, if it began at a moment or later. */
  withPrincipal(id: string, since: Date): DirectoryReading | undefined {
    return ifSince(this.ofPrincipal.get(id), since)
  }

  private forgetOld(): void {
    const oldest = (this.newest?.beganAt.getTime() ?? 0) - FRESH_MINUTES * 60_000
    const isOld = ({ beganAt }: DirectoryReading) => beganAt.getTime() <= oldest
    for (const reading of this.newestFirst.filter(isOld)) {
      forget(this.ofGroup, reading.opened.groups.keys(), reading)
      forget(this.ofPrincipal, reading.principals.keys(), reading)
    }
    this.newestFirst = this.newestFirst.filter((reading) => !isOld(reading))
  }
}

function keepNewest(newest: Map<string, DirectoryReading>, ids: Iterable<string>, reading: DirectoryReading) {
  for (const id of ids) {
    const known = newest.get(id)
    if (!known || known.beganAt <= reading.beganAt) newest.set(id, reading)
  }
}

function forget(newest: Map<string, DirectoryReading>, ids: Iterable<string>, reading: DirectoryReading) {
  for (const id of ids) if (newest.get(id) === reading) newest.delete(id)
}

const ifSince = (reading: DirectoryReading | undefined, since: Date) =>
  reading && reading.beganAt >= since ? reading : undefined
