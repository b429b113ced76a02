/** One request inside a `$batch`. */
export type LogItem = {
  method: string
  path: string
  status: number
  /** The fault rule that spoiled it. */
  fault: string | null
}

/** One HTTP request the sandbox received. Tokens, secrets, codes and cookies are kept only by their hash; bodies never. */
export type LogEntry = {
  at: string
  method: string
  host: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  /** 0: the connection was closed without an answer. */
  status: number
  /** Of the body of the answer as it was meant. */
  bytes: number
  ms: number
  tenantId: string | null
  /** SHA-256 of the Authorization header. */
  authorization: string | null
  fault: string | null
  batch?: LogItem[]
}
