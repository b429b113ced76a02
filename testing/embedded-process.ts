import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { closeDb, getDbOfEveryOrganisation } from '@/db/client'
import { members, organisations } from '@/db/schema/organisations'

/**
 * A process that opens the embedded database of its `DATA_DIR`, for tests that kill it. It writes lines on standard
 * output: `open` with the id of every organisation it finds, or `refused` and why. With the argument `write` it then
 * adds organisations, each with its owner in one transaction, and writes each id once it is committed. It ends well on
 * SIGTERM.
 */
const say = (line: string) => process.stdout.write(`${line}\n`)

async function main(write: boolean): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  process.on('SIGTERM', () => void closeDb().then(() => process.exit(0)))
  const found = await db
    .select({ id: organisations.id })
    .from(organisations)
    .innerJoin(members, eq(members.organisationId, organisations.id))
  say(`open ${found.map(({ id }) => id).join(' ')}`)
  setInterval(() => {}, 60_000) // keeps the process until it is ended

  while (write) {
    const id = randomUUID()
    await db.transaction(async (tx) => {
      await tx.insert(organisations).values({ id, tenantId: id, name: 'Contoso' })
      await tx
        .insert(members)
        .values({ organisationId: id, objectId: id, name: 'Ada', email: 'ada@contoso.example', role: 'owner' })
    })
    say(id)
  }
}

main(process.argv[2] === 'write').catch((error: Error) => {
  say(`refused ${error.name}: ${error.message}`)
  process.exit(1)
})
