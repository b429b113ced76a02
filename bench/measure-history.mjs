import { runBesidePostgres } from './run-beside-postgres.mjs'

/** People who were listed otherwise by each of so many results: a million rows of holders. */
const [PEOPLE, RESULTS] = [50_000, 20]

/** What it costs to ask a long history on a PostgreSQL: the changes, somebody's time line, and the people as of a moment. */
export const measureHistory = (print) => runBesidePostgres(print, 'history-process.ts', PEOPLE, RESULTS)
