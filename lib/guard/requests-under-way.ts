import type { ServerResponse } from 'node:http'
import { MOST_REQUESTS } from './limits'
import { REFUSALS, type Refusal } from './refusal'

/** Counts the requests that are being answered, in all and for each client. */
export class RequestsUnderWay {
  #inAll = 0
  readonly #perClient = new Map<string, number>()

  constructor(private readonly most = MOST_REQUESTS) {}

  /** Counts a request until its response has been sent or its client has left; gives the refusal when there are too many. */
  admit(client: string, response: ServerResponse): Refusal | null {
    const ofClient = this.#perClient.get(client) ?? 0
    if (ofClient >= this.most.perClient) return REFUSALS.clientBusy
    if (this.#inAll >= this.most.inAll) return REFUSALS.busy
    this.#inAll += 1
    this.#perClient.set(client, ofClient + 1)
    response.once('close', () => this.#leave(client))
    return null
  }

  #leave(client: string): void {
    this.#inAll -= 1
    const left = (this.#perClient.get(client) ?? 0) - 1
    if (left > 0) this.#perClient.set(client, left)
    else this.#perClient.delete(client)
  }
}
