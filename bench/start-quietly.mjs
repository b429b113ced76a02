import { CommandFailed, runCommand, waitForAnswer } from '../scripts/child-processes.mjs'
import { nodeBinary } from '../scripts/project.mjs'

/** Starts a program and waits until it answers. It keeps off our standard output, which is for figures; `stopChildren` ends it. */
export async function startQuietly(name, url, args, env) {
  const child = { exitCode: null, signalCode: null }
  runCommand(nodeBinary(), args, { env }).then(
    () => (child.exitCode = 0),
    (error) => {
      process.stderr.write(error instanceof CommandFailed ? error.output : error.stack)
      child.exitCode = 1
    },
  )
  await waitForAnswer(name, url, child)
}
