import { Refusal } from './refusal.mjs'

const OLDEST = [20, 9]

/** Refuses a Node.js too old to run even the installation. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new Refusal(`Node.js ${OLDEST.join('.')} or newer is needed to start; this is ${version}.`)
}
