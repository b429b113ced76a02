import { runBesidePostgres } from './run-beside-postgres.mjs'

/** As many roles of groups as give every person twenty rows. */
const [PEOPLE, ROLES] = [50_000, 20]

/** Exports of a million rows in each format, by a process of its own on a PostgreSQL: the first byte, the time, and the memory. */
export const measureExports = (print) => runBesidePostgres(print, 'export-process.ts', PEOPLE, ROLES)
