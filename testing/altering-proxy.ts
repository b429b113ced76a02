import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where a text stands in Microsoft's answers: host and path, and the way to it in the JSON, with `*` for ids and places in lists. */
export type TextPlace = string

type Alter = (text: string, place: TextPlace) => string

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

/**
 * Stands between the product and the sandbox, and changes texts in the sandbox's JSON answers, names of fields included
 * (their place ends with `#`). `places` are those that were seen since `forget` was called.
 */
export async function startAlteringProxy(target: () => string) {
  const places = new Set<TextPlace>()
  let alter: Alter = (text) => text

  const walk = (value: unknown, place: TextPlace): unknown => {
    if (typeof value === 'string') {
      places.add(place)
      return alter(value, place)
    }
    if (Array.isArray(value)) return value.map((one) => walk(one, `${place}.*`))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [alter(key, `${place}.${key}#`), walk(inner, `${place}.${key}`)]),
    )
  }

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers
    const response = await fetch(`${target()}${incoming.url}`, {
      method: incoming.method,
      headers: headers as Record<string, string>,
      body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      redirect: 'manual',
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
    const where = `${incoming.url?.split('?')[0]}`.replace(GUID, '*')
    const kept = [...response.headers].filter(
      ([name]) => !/^(content-length|content-encoding|transfer-encoding|connection)$/.test(name),
    )
    outgoing.writeHead(response.status, Object.fromEntries(kept))
    outgoing.end(isJson ? JSON.stringify(walk(JSON.parse(text), where)) : text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    places,
    /** Changes texts as `change` says while some work is done. */
    async during<T>(change: Alter, work: () => Promise<T>): Promise<T> {
      alter = change
      try {
        return await work()
      } finally {
        alter = (text) => text
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
