/**
 * An answer in JSON that is its text and nothing else, so that a page of hundreds of kilobytes is written as it is. As a
 * stream it would be copied several times outside the heap, and in a world of millions every few such copies make the
 * collector walk through all of it.
 */
export class JsonResponse extends Response {
  readonly content: string

  constructor(value: unknown) {
    super(null, { headers: { 'content-type': 'application/json' } })
    this.content = JSON.stringify(value)
  }

  override async text(): Promise<string> {
    return this.content
  }

  override async json(): Promise<unknown> {
    return JSON.parse(this.content)
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return new TextEncoder().encode(this.content).buffer
  }

  override clone(): Response {
    return new Response(this.content, { status: this.status, headers: this.headers })
  }
}
