import { type SQL, sql } from 'drizzle-orm'

/** Texts as one parameter, for `= any(…)`: PostgreSQL takes at most 65,535 parameters, and a list of any length this way. */
export const arrayOf = (texts: string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`
