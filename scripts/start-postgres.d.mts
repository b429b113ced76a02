/** A throw-away PostgreSQL that its user may break; `start-postgres.mjs` says how. */
export type OwnPostgres = {
  url: string
  crash(): Promise<void>
  start(): Promise<void>
  end(): Promise<void>
}

export function startPostgres(): Promise<string>
export function startOwnPostgres(): Promise<OwnPostgres>
