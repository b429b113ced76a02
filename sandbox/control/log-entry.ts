/** One request the sandbox received. The token is kept only by its hash. */
export type LogEntry = {
  at: string
  method: string
  host: string
  path: string
  status: number
  ms: number
  tenantId: string | null
  authorization: string | null
}
