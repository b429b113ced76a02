import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Clock ticks in a second, as Linux counts them in /proc. */
const TICKS = 100

/** Seconds of CPU that a process and its children have used, those that ended included. Linux only; elsewhere 0. */
export function readProcessorSeconds(pid) {
  const all = (existsSync('/proc') ? readdirSync('/proc') : []).filter((name) => /^\d+$/.test(name)).map(readStat)
  const ticks = all.reduce((sum, stat) => sum + (stat && (stat.pid === pid || stat.parent === pid) ? stat.ticks : 0), 0)
  return ticks / TICKS
}

/** What the kernel says of a process; null when it has ended meanwhile. */
function readStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // After the name, which may hold anything: the state, the parent, and from the twelfth on utime, stime and those of ended children.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      ticks: fields
        .slice(11, 15)
        .map(Number)
        .reduce((a, b) => a + b),
    }
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error
    return null
  }
}
