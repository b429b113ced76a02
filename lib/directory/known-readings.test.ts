import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import { KnownReadings } from './known-readings'
import type { DirectoryReading } from './read-directory'

const IDS = ['a', 'b', 'c', 'd']
const minute = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes))

/** A reading of some principals and groups, as far as it is looked for by them. */
const reading = fc
  .record({ id: fc.uuid(), minutes: fc.nat(3 * FRESH_MINUTES), principals: fc.subarray(IDS), groups: fc.subarray(IDS) })
  .map(({ id, minutes, principals, groups }) => {
    const beganAt = minute(minutes)
    const keys = (ids: string[]) => new Map(ids.map((one) => [one, null]))
    return {
      id,
      beganAt,
      principals: keys(principals),
      opened: { groups: keys(groups) },
    } as unknown as DirectoryReading
  })

test('of each group and principal the newest reading is found, as by going through all that are not too old', () => {
  fc.assert(
    fc.property(fc.array(fc.array(reading, { maxLength: 3 }), { maxLength: 12 }), fc.nat(40), (batches, minutes) => {
      const known = new KnownReadings()
      for (const batch of batches) known.add(batch)
      const since = minute(minutes)
      const readings = known.since(since)
      const newestWith = (has: (one: DirectoryReading) => boolean) => readings.find(has)?.beganAt
      for (const id of IDS) {
        expect(known.withPrincipal(id, since)?.beganAt).toEqual(newestWith(({ principals }) => principals.has(id)))
        expect(known.withGroup(id, since)?.beganAt).toEqual(newestWith(({ opened }) => opened.groups.has(id)))
      }
    }),
  )
})
