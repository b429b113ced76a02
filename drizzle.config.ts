import { defineConfig } from 'drizzle-kit'

/** For `npm run db:generate`, which writes the SQL that leads from the last migration to `db/schema`. */
export default defineConfig({ dialect: 'postgresql', schema: './db/schema/*.ts', out: './db/migrations' })
