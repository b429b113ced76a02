import { CLOUDS } from '../clouds'

/** Every host name of Microsoft's that the sandbox answers for, aliases and national clouds included. */
export const HOST_NAMES: readonly string[] = CLOUDS.flatMap(({ login, graph, arm, aliases }) => [
  login,
  graph,
  arm,
  ...Object.keys(aliases),
])
