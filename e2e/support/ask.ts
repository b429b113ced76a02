import { type IncomingHttpHeaders, request } from 'node:http'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string; path: string }

export type SentHeaders = Record<string, string | null | undefined>

type Question = {
  method?: string
  cookie?: string
  /** A header that is null is left out. */
  headers?: SentHeaders
  body?: string
  form?: FormData
}

/** Longest way of redirects within the portal that the router's own requests take. */
const MOST_HOPS = 5

/** One HTTP request to the portal with exactly these headers: no browser and no client library adds an Origin. */
export async function ask(
  path: string,
  { method = 'GET', cookie, headers = {}, body, form }: Question = {},
): Promise<Answer> {
  const coded = form ? new Response(form) : null
  const content = coded ? Buffer.from(await coded.arrayBuffer()) : body
  const length = content === undefined ? undefined : String(Buffer.byteLength(content))
  const described = { 'content-type': coded?.headers.get('content-type'), 'content-length': length }
  const all: SentHeaders = { cookie, ...described, ...headers }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const url = new URL(String(process.env.PORTAL_URL))
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: url.port,
        path,
        method,
        headers: { host: url.host, ...Object.fromEntries(sent) },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
            path,
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(content)
  })
}

/** The same, following redirects inside the portal until the sign-in page: the router's requests are sent on to their exact address. */
export async function askOn(path: string, question: Question = {}): Promise<Answer[]> {
  const answers: Answer[] = []
  let next: string | null = path
  while (next !== null && answers.length < MOST_HOPS) {
    const answer: Answer = await ask(next, question)
    answers.push(answer)
    const to = answer.headers.location ? new URL(answer.headers.location, process.env.PORTAL_URL) : null
    next = to && to.origin === process.env.PORTAL_URL && to.pathname !== '/signin' ? to.pathname + to.search : null
  }
  return answers
}

/** The headers that a browser adds to what the portal's own pages send. */
export const fromOwnPage = (): Record<string, string> => ({
  origin: String(process.env.PORTAL_URL),
  'sec-fetch-site': 'same-origin',
})
