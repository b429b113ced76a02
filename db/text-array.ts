import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** Texts as one parameter, for `= any(…)`: PostgreSQL takes at most 65,535 parameters, and a list of any length this way. */
export const arrayOf = (texts: readonly string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`

/** Whether a column has one of these texts, however many they are. */
export const isAnyOf = (column: SQLWrapper, texts: string[]): SQL => sql`${column} = any(${arrayOf(texts)})`
