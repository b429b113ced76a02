import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailed } from './child-processes.mjs'
import { npm } from './install.mjs'
import { projectRoot } from './project.mjs'

/**
 * The packages of a lock file whose content npm could not check, because it has no hash of them. npm leaves the hashes of
 * other platforms' packages out when they were not there to be packed; their integrity is what the registry says.
 */
export function findUnhashed({ packages }) {
  return Object.entries(packages)
    .filter(([path, { integrity, link }]) => path !== '' && !link && !/^sha512-/.test(integrity ?? ''))
    .map(([path]) => path)
}

/** Reads the project's lock file. */
export const readLockFile = () => JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'))

const SERIOUS = ['high', 'critical']

/**
 * What the registry knows against the locked packages that run in production: `serious`, a line for each package with a
 * vulnerability rated high or critical. `unanswered` says why nothing is known, where the registry has no such service or
 * cannot be reached: that is no fault of the packages, and the step counts as skipped.
 */
export async function auditPackages() {
  const args = ['audit', '--json', '--omit=dev', '--loglevel=silent']
  const printed = await npm(args).catch((error) => {
    if (error instanceof CommandFailed) return error.output
    throw error
  })
  return readAudit(printed)
}

/** Reads what `npm audit --json` printed. */
export function readAudit(printed) {
  let report
  try {
    report = JSON.parse(printed)
  } catch {
    return { serious: [], unanswered: 'npm audit gave no report' }
  }
  if (!report.vulnerabilities)
    return { serious: [], unanswered: report.error?.summary || report.message || 'the registry offers no audit' }
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => SERIOUS.includes(severity))
  return { serious: found.map(describe), unanswered: null }
}

function describe({ name, severity, range, via }) {
  const titles = via.filter((one) => typeof one === 'object').map(({ title, url }) => `${title} (${url})`)
  return `${name} ${range}: ${severity}${titles.length > 0 ? `: ${titles.join('; ')}` : ''}`
}
