import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { SessionActor } from '@/db/actor'
import { NotFound } from '@/lib/actor'
import { beginConnect, beginReconnect } from '@/lib/connections/attempts'
import { confirmAttempt } from '@/lib/connections/confirm'
import { sendLostDeletions } from '@/lib/connections/delete-connection'
import { disconnect } from '@/lib/connections/disconnect'
import { renameConnection, setSchedule } from '@/lib/connections/manage'
import { beginSignInForAttempt, finishSignIn } from '@/lib/connections/sign-in'
import { SCHEDULES } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { requestSync } from '@/lib/sync/request-sync'
import { serve } from '@/lib/worker/serve'
import { sendDueRuns } from '@/lib/worker/worker'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { readPublished } from '@/testing/read-published'
import { findConnectionRow, readFacts } from './expectations'
import { findSecrets, listLeftovers } from './find-secrets'
import { breakRequests } from './network-faults'
import { afterAnHourInQueue, loseHeartbeat, makeDue } from './pass-time'

// A process that does what a portal does, and with the word `worker` also what a worker does, for one connection. It is
// told what to do by lines of JSON, answers each with a line that begins with `reply`, and is killed by whoever started it.

const [role = '', placed = ''] = process.argv.slice(2)

const Place = z.object({
  owner: z.object({
    organisationId: z.guid(),
    memberId: z.guid(),
    role: z.literal('owner'),
    name: z.string(),
    sessionId: z.guid(),
    signedInFreshly: z.boolean(),
  }),
  subscription: z.object({ id: z.string() }),
  username: z.string(),
})
const Command = z.discriminatedUnion('verb', [
  z.object({ id: z.number(), verb: z.literal('rename'), label: z.string() }),
  z.object({ id: z.number(), verb: z.literal('set_schedule'), schedule: z.enum(SCHEDULES) }),
  z.object({ id: z.number(), verb: z.literal('sync') }),
  z.object({ id: z.number(), verb: z.literal('connect') }),
  z.object({ id: z.number(), verb: z.literal('end'), data: z.enum(['keep', 'delete']) }),
  z.object({ id: z.number(), verb: z.literal('report') }),
  z.object({ id: z.number(), verb: z.literal('tick') }),
])
type Command = z.infer<typeof Command>
/** A command before it has its number. */
export type Wanted = Command extends infer One ? (One extends Command ? Omit<One, 'id'> : never) : never

/** What the process answers: what came of a command, or the message of what it threw. */
export type Reply = { id: number; result?: unknown; error?: string }

const place = Place.parse(JSON.parse(placed))
const actor: SessionActor = place.owner
const { secrets } = breakRequests(env().sandboxUrl ?? '')
const say = (reply: Reply) => process.stdout.write(`reply ${JSON.stringify(reply)}\n`)

async function row() {
  const found = await findConnectionRow(place)
  if (!found) throw new NotFound('The connection is not there.')
  return found
}

async function obey(command: Command): Promise<unknown> {
  if (command.verb === 'rename') return renameConnection(actor, (await row()).id, command.label)
  if (command.verb === 'set_schedule') return setSchedule(actor, (await row()).id, command.schedule)
  if (command.verb === 'sync') return requestSync(actor, (await row()).id)
  if (command.verb === 'connect') return connectAgain()
  if (command.verb === 'report') return report()
  if (command.verb === 'tick') return tick()
  const { id, label } = await row()
  const ended = await disconnect(actor, id, { data: command.data, typed: label })
  if (ended.kind === 'mistyped') throw new Error(ended.kind)
  return { label }
}

async function connectAgain() {
  const found = await findConnectionRow(place)
  const begun =
    found && found.state !== 'disconnected'
      ? await beginReconnect(actor, found.id)
      : await beginConnect(actor, place.subscription.id)
  if (!('attemptId' in begun)) throw new Error(`Not begun: ${begun.kind}`)
  await finishSignIn(actor, await answerMicrosoft(await beginSignInForAttempt(actor, begun.attemptId), place.username))
  const confirmed = await confirmAttempt(actor, begun.attemptId, { alsoSubscriptionIds: [] })
  if (confirmed.kind !== 'connected') throw new Error(`Not connected: ${confirmed.kind}`)
}

/** All that is compared with what was acknowledged. */
async function report() {
  const facts = await readFacts(place)
  return {
    facts,
    published: facts.row?.publishedAt ? await readPublished(actor, facts.row.id) : null,
    leftovers: facts.row ? await listLeftovers(facts.row.id) : [],
    leaks: await findSecrets(secrets, ''),
    secrets: [...secrets],
  }
}

/** Lets what lost its worker and what failed be found, as it would be some minutes later. */
async function tick() {
  await loseHeartbeat(place)
  await makeDue(place)
  await afterAnHourInQueue(place, sendDueRuns)
  await sendLostDeletions()
}

await serve({ worker: role === 'worker' })
say({ id: 0 })
for await (const line of createInterface({ input: process.stdin })) {
  const command = Command.parse(JSON.parse(line))
  // Not one after another: what a person asks for does not wait for what another asked for.
  void obey(command).then(
    (result) => say({ id: command.id, result }),
    (error: Error) => say({ id: command.id, error: `${error.name}: ${error.message.split('\n')[0]}` }),
  )
}
// Nobody is left who could tell it anything: whoever started it was ended.
process.kill(process.pid, 'SIGTERM')
