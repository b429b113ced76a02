import { availableParallelism, loadavg } from 'node:os'
import { stopChildren } from '../scripts/child-processes.mjs'
import { measureAccess } from './measure-access.mjs'
import { measureExports } from './measure-exports.mjs'
import { measureFleet } from './measure-fleet.mjs'
import { measureHistory } from './measure-history.mjs'
import { measureMillion } from './measure-million.mjs'
import { measurePages } from './measure-pages.mjs'
import { measureSyncs } from './measure-syncs.mjs'
import { measureThrottling } from './measure-throttling.mjs'

// npm run bench: figures, one line of JSON each, the last of them how busy the machine was. They are looked at, not
// asserted: a busy machine is not a fault.
// `npm run bench -- syncs`, `-- access`, `-- pages`, `-- fleet`, `-- exports`, `-- history`, `-- million` or `-- throttling` measures one part; all
// parts but the last five run without a name.

const parts = {
  ...{ syncs: measureSyncs, access: measureAccess, pages: measurePages },
  ...{ fleet: measureFleet, exports: measureExports, history: measureHistory, million: measureMillion },
  throttling: measureThrottling,
}
const ONLY_WHEN_ASKED = ['fleet', 'exports', 'history', 'million', 'throttling']

const print = (figure) => process.stdout.write(`${JSON.stringify(figure)}\n`)

async function end(code) {
  await stopChildren()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130))

const wanted = process.argv.slice(2).filter((name) => name in parts)
try {
  for (const name of wanted.length > 0
    ? wanted
    : Object.keys(parts).filter((name) => !ONLY_WHEN_ASKED.includes(name))) {
    await parts[name](print)
  }
  print({ bench: 'machine', node: process.version, cores: availableParallelism(), loadOfOneMinute: loadavg()[0] })
  await end(0)
} catch (error) {
  process.stderr.write(`${error.output ?? ''}${error.stack}\n`)
  await end(1)
}
