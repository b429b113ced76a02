import { createInterface } from 'node:readline'
import { closeDb, getEngine } from '@/db/client'
import { takeLease } from '@/lib/leases'
import { type LeaseName, type LimitName, limit, TooMany } from '@/lib/limits'

/**
 * A process that asks limits, for tests of what several of them share. `limit NAME KEY COUNT` and `lease NAME KEY COUNT`
 * ask so many times at once, and it says how many were allowed. Leases are kept until it ends.
 */
await getEngine()
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, name, key = '', count] = line.split(' ')
  const ask = () => (verb === 'limit' ? limit(name as LimitName, key) : takeLease(name as LeaseName, key))
  const asked = await Promise.all(Array.from({ length: Number(count) }, () => ask().then(() => 1, countRefused)))
  process.stdout.write(`allowed ${asked.reduce<number>((sum, one) => sum + one, 0)}\n`)
}
await closeDb()

function countRefused(error: unknown): 0 {
  if (error instanceof TooMany) return 0
  throw error
}
