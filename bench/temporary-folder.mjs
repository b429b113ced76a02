import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that goes when this process ends, by a signal too. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
