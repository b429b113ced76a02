import { closeDb, getEngine } from '@/db/client'
import { deleteBatch } from '@/lib/connections/delete-connection'

/** A process that carries out the deletion of one connection and says each batch, for tests that kill it. */
const [organisationId = '', connectionId = ''] = process.argv.slice(2)

await getEngine()
process.stdout.write('opened\n')
while ((await deleteBatch({ organisationId, connectionId })) === 'more') process.stdout.write('batch\n')
process.stdout.write('ended\n')
await closeDb()
