import type { PGlite } from '@electric-sql/pglite'
import { Client } from 'pg'
import { armedWork, outsideOfWork } from './armed-work'
import type { DatabaseFaultKind } from './faults'

/** What PostgreSQL says in each case (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const REFUSALS: Partial<Record<DatabaseFaultKind, { state: string; words: string }>> = {
  disk_full: { state: '53100', words: 'could not extend file: No space left on device' },
  serialization: { state: '40001', words: 'could not serialize access due to concurrent update' },
  too_many_connections: { state: '53300', words: 'sorry, too many clients already' },
  timed_out: { state: '57014', words: 'canceling statement due to statement timeout' },
  read_only: { state: '25006', words: 'cannot execute INSERT in a read-only transaction' },
}

/** A statement that the database itself refuses with that SQLSTATE, so that an open transaction is spoilt as it would be. */
const refusing = ({ state, words }: { state: string; words: string }) =>
  `do $$ begin raise exception using errcode = '${state}', message = '${words}'; end $$`

/** A rollback meets no fault, because a transaction that stays open would spoil the pool for later schedules. */
const isRollback = (text: string) => /^\s*rollback/i.test(text)

type Query = { text?: string }
type Answer = (error: Error | null, result?: unknown) => void
/** The parts of pg's client that its types leave out. */
type Wired = Client & { processID: number; connection: { stream: { destroy(): void } } }

/** What can be done to a PostgreSQL server: `end` ends a connection by its process id, `crash` restarts the server at once. */
export type BreakableServer = { end(processId: number): Promise<void>; crash(): Promise<void> }

/** Lets the statements of armed work meet their faults on a PostgreSQL server. Returns the function that takes this back. */
export function breakServerStatements(server: BreakableServer): () => void {
  const original = Client.prototype.query as (this: Client, ...words: unknown[]) => unknown

  function query(this: Wired, ...words: unknown[]): unknown {
    const work = armedWork()
    const text = typeof words[0] === 'string' ? words[0] : ((words[0] as Query).text ?? '')
    const answer = words.findLast((word): word is Answer => typeof word === 'function')
    if (!work || isRollback(text)) return original.apply(this, words)
    const meet = async (): Promise<unknown> => {
      const fault = work.nextStatement()
      const send = () => original.apply(this, withoutAnswer(words))
      if (!fault) return send()
      const refusal = REFUSALS[fault.kind as DatabaseFaultKind]
      if (refusal) return original.call(this, refusing(refusal))
      if (fault.kind === 'pool_exhausted') throw new Error('timeout exceeded when trying to connect')
      if (fault.kind === 'ended' || fault.kind === 'crashed') {
        await outsideOfWork(() => (fault.kind === 'ended' ? server.end(this.processID) : server.crash()))
        return send()
      }
      const sent = send() as Promise<unknown>
      if (fault.kind === 'cut') {
        this.connection.stream.destroy()
        return sent
      }
      await sent
      this.connection.stream.destroy()
      throw new Error('Connection terminated unexpectedly')
    }
    const met = meet()
    if (!answer) return met
    met.then(
      (result) => answer(null, result),
      (error: Error) => answer(error),
    )
    return undefined
  }

  Client.prototype.query = query as typeof Client.prototype.query
  return () => {
    Client.prototype.query = original as typeof Client.prototype.query
  }
}

const withoutAnswer = (words: unknown[]) => words.filter((word) => typeof word !== 'function')

type Statements = Pick<PGlite, 'query' | 'exec'>

/** The same for an embedded database. */
export function breakEmbeddedStatements(pglite: PGlite): void {
  const transaction = pglite.transaction.bind(pglite)
  Object.assign(pglite, {
    ...meetingFaults(pglite),
    transaction: <T>(work: (tx: Statements) => Promise<T>) =>
      transaction((tx) => work(Object.assign(tx, meetingFaults(tx)))),
  })
}

function meetingFaults(target: Statements): Record<'query' | 'exec', (text: string, ...words: unknown[]) => unknown> {
  const refuse = target.exec.bind(target)
  const meet = (name: 'query' | 'exec') => {
    const send = target[name].bind(target) as (text: string, ...words: unknown[]) => Promise<unknown>
    return async (text: string, ...words: unknown[]) => {
      const fault = isRollback(text) ? null : armedWork()?.nextStatement()
      const refusal = fault && REFUSALS[fault.kind as DatabaseFaultKind]
      return refusal ? refuse(refusing(refusal)) : send(text, ...words)
    }
  }
  return { query: meet('query'), exec: meet('exec') }
}
