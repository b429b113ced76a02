import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { projectRoot } from '../scripts/project.mjs'

/** A file of this project, as text. */
export const readText = (path) => readFileSync(join(projectRoot, path), 'utf8')

/** Parses a YAML file of this project; keys of `<<` are merged in, as Compose does. */
export const readYaml = (path) => parse(readText(path), { merge: true })

/** Values for every secret that a process is given, by the names of the settings. */
export const SECRETS = {
  AZURE_CLIENT_SECRET: 'a-secret',
  DATABASE_URL: 'postgres://rolecall:password@db.example.com/rolecall?sslmode=verify-full',
  DATABASE_MIGRATION_URL: 'postgres://rolecall_owner:password@db.example.com/rolecall?sslmode=verify-full',
  AUTH_SECRET: 'an-auth-secret-of-more-than-32-characters',
  ENCRYPTION_KEYS: `2026-11:${Buffer.alloc(32, 1).toString('base64')}`,
}
