import { join } from 'node:path'

/** Where the migrations are. Every process starts in the project's root, and a bundled file no longer knows its own place. */
export const migrationsFolder = () => join(/* turbopackIgnore: true */ process.cwd(), 'db', 'migrations')
