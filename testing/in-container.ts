import { spawnSync } from 'node:child_process'

/**
 * A command as a container would run it: process ids of its own and a host name, on the folders of this machine. What it
 * starts is killed with it.
 */
export function inContainer(host: string, command: string[]): [program: string, words: string[]] {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const apart = [...asRoot, '--pid', '--fork', '--kill-child', '--mount-proc', '--uts']
  return ['unshare', [...apart, 'sh', '-c', `hostname ${host} && exec "$0" "$@"`, ...command]]
}

/** Why {@link inContainer} does not work here, or null. Only Linux has namespaces, and not everybody may make them. */
export function whyNoContainers(): string | null {
  const { status, stderr, error } = spawnSync(...inContainer('probe', ['true']), { encoding: 'utf8' })
  return status === 0 ? null : `no PID namespaces here: ${error?.message ?? stderr.trim()}`
}
