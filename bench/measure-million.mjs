import { runBesidePostgres } from './run-beside-postgres.mjs'

const PEOPLE = 1_000_000

/** How often each question is asked. */
const TIMES = 5

/** What the lists of a subscription to which a million people have access cost on a PostgreSQL. */
export const measureMillion = (print) => runBesidePostgres(print, 'million-process.ts', PEOPLE, TIMES)
