import { setImmediate as letOthersWork } from 'node:timers/promises'
import type { Transaction } from '@electric-sql/pglite'
import { SEES_NOTHING } from './visible-rows'

/** What PostgreSQL answers to a statement that writes while its transaction may only read. */
const MAY_ONLY_READ = '25006'

/** For how many milliseconds the transaction works before readers are let in, and readers then read at most. */
const SLICE_MS = 25

/**
 * Lets others read on the embedded engine between the statements of a long transaction. The engine has a single session, so that everyone
 * else would wait until the transaction has ended.
 *
 * A reader's statement runs inside of the transaction, behind a savepoint to which it then goes back. It may only read, and sees the
 * rows of its own organisation, with what the transaction has written so far. Only a transaction whose rows nobody takes for valid yet may
 * let readers in: the rows of a publish begin or end at a time that the connection has not published, and readers ask for an earlier one.
 *
 * Of all who share an engine, one transaction at a time is open, so one of these objects serves an engine.
 */
export class ReadersBetween {
  #open: Transaction | null = null
  #waiting: (() => Promise<void>)[] = []
  #turns: Promise<unknown> = Promise.resolve()
  #isLettingIn = false
  #letInAt = 0

  /**
   * Does the work of a transaction and lets readers in until `holdReaders` is called or the work is done.
   *
   * @param work is given the transaction, between whose statements readers are let in
   */
  async during<T>(tx: Transaction, work: (tx: Transaction, holdReaders: () => void) => Promise<T>): Promise<T> {
    const inTurn = async <R>(statement: () => Promise<R>): Promise<R> => {
      if (performance.now() - this.#letInAt >= SLICE_MS) await this.#letIn()
      return this.#inTurn(statement)
    }
    const own: Transaction = Object.assign(Object.create(tx), {
      query: ((...statement) => inTurn(() => tx.query(...statement))) as Transaction['query'],
      exec: ((...statements) => inTurn(() => tx.exec(...statements))) as Transaction['exec'],
    })
    const holdReaders = () => {
      this.#open = null
    }
    this.#open = tx
    try {
      return await work(own, holdReaders)
    } finally {
      holdReaders()
      await this.#turns // a reader whose turn it is has a savepoint to go back to
      for (const read of this.#waiting.splice(0)) await read()
    }
  }

  /**
   * Reads inside of the transaction that is open. Null where none lets readers in, and for a statement that wants to write: it then has
   * done nothing and waits like everybody.
   *
   * @param setting the statement that says whose rows the reader may see
   */
  async read<T>(setting: string, query: (tx: Transaction) => Promise<T>): Promise<{ answer: T } | null> {
    if (!this.#open) return null
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => this.#inTurn(() => this.#readNow(setting, query)).then(resolve, reject))
      // Where the transaction waits for something else, it lets nobody in by itself.
      void letOthersWork().then(() => (this.#isLettingIn ? undefined : this.#letIn()))
    })
  }

  /** Serves those who wait to read, and those who come meanwhile, for a while. */
  async #letIn(): Promise<void> {
    const until = performance.now() + SLICE_MS
    this.#isLettingIn = true
    do {
      await letOthersWork() // no statement ever waits for anything, so that nothing else would happen in this process
      for (const read of this.#waiting.splice(0)) await read()
    } while (this.#waiting.length > 0 && performance.now() < until)
    this.#isLettingIn = false
    this.#letInAt = performance.now()
  }

  async #readNow<T>(setting: string, query: (tx: Transaction) => Promise<T>): Promise<{ answer: T } | null> {
    const tx = this.#open
    if (!tx) return null
    await tx.exec(`savepoint reader; set local transaction_read_only = on; ${SEES_NOTHING}; ${setting}`)
    try {
      return { answer: await query(tx) }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === MAY_ONLY_READ) return null
      throw error
    } finally {
      await tx.exec('rollback to savepoint reader; release savepoint reader')
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const own = this.#turns.then(work)
    this.#turns = own.catch(() => {}) // whoever asked is told
    return own
  }
}
