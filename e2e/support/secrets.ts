import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What Microsoft's tokens look like: a signed JWT, and a refresh token of the sandbox; and keys of certificates. */
const TOKENS = [
  /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
  /\b1\.eyJ[\w-]{40,}/,
  /sandbox-secret/,
  /PRIVATE KEY-----\s*\w/,
]

/** The first token, or one of the given secrets, that stands in a text; null when there is none. */
export function findSecret(text: string, known: Iterable<string> = []): string | null {
  for (const token of TOKENS) {
    const found = token.exec(text)
    if (found) return found[0]
  }
  for (const secret of known) if (text.includes(secret)) return secret
  return null
}

/**
 * Every file below a folder, as bytes in a string: good enough to find ASCII in a database's pages. A database that is at
 * work removes the files of its temporary tables; one that is gone before it is read holds nothing any more.
 */
export function readAllBelow(folder: string): { file: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name)
      try {
        return [{ file, text: readFileSync(file, 'latin1') }]
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      }
    })
}
