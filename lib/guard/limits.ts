/** Characters of the longest address. Ours stay below 2,000; Microsoft's longest return, with its code and state, below 5,000. */
export const LONGEST_ADDRESS = 8_192

/** Parameters of an address. Next looks for each in the list of all, so its time grows with their square: 4,000 take a second. */
export const MOST_PARAMETERS = 100

/** Bytes of all headers of a request. Our own cookies, with a sign-in under way, are some 4,000. */
export const LARGEST_HEADERS = 16_384

/** Headers of a request, of which a browser sends some 20, and cookies in it. */
export const MOST_HEADERS = 100
export const MOST_COOKIES = 100

/** Bytes of a body: a form with a name in it, or Microsoft's answer to a sign-in, is far shorter. */
const LARGEST_BODY = 16_384

/** Bytes of the largest form that connects: a thousand subscriptions, at some 170 bytes each. A certificate is smaller. */
const LARGEST_CONNECT_BODY = 196_608
const CONNECT_PAGES = [
  '/integrations/azure/connect/',
  '/integrations/azure/accounts/',
  '/integrations/azure/applications/',
]

/** Bytes of a body while developing: Next's own tools send stacks of errors. */
const LARGEST_DEVELOPMENT_BODY = 4_194_304
const DEVELOPMENT_TOOLS = /^\/(_next\/|__nextjs)/

/** Bytes that a request to this decoded path may carry. */
export function largestBody(path: string, development: boolean): number {
  if (development && DEVELOPMENT_TOOLS.test(path)) return LARGEST_DEVELOPMENT_BODY
  return CONNECT_PAGES.some((page) => path.startsWith(page)) ? LARGEST_CONNECT_BODY : LARGEST_BODY
}

/** Milliseconds in which the headers of a request, and a request with its body, have to arrive, and how often that is looked at. */
export const HEADERS_MS = 10_000
export const REQUEST_MS = 20_000
export const LOOK_MS = 1_000

/** Milliseconds without a byte in either direction, after which a connection ends. Nothing that we answer is silent for that long. */
export const SILENCE_MS = 120_000

/** What is still taken from a client that sends a body which was refused, so that it gets to read why. */
export const REFUSED_BODY = { bytes: 4_194_304, ms: 5_000 }

/** Requests that are answered at the same time, in all and for one client. A browser sends 6, and an office many of those. */
export const MOST_REQUESTS = { inAll: 300, perClient: 100 }

/** Connections that are open at the same time, in all and from one address. */
export const MOST_CONNECTIONS = { inAll: 2_000, perAddress: 250 }

/** Milliseconds that requests under way get to finish when the process ends. */
export const DRAIN_MS = 3_000
