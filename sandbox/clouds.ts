type Service = 'login' | 'graph' | 'arm'
export type Cloud = { name: string; login: string; graph: string; arm: string; aliases: Record<string, Service> }

/** The national clouds and their hosts. Source: Microsoft's national cloud page; aliases from msal-common. */
export const CLOUDS: readonly Cloud[] = [
  {
    name: 'global',
    login: 'login.microsoftonline.com',
    graph: 'graph.microsoft.com',
    arm: 'management.azure.com',
    aliases: { 'login.windows.net': 'login', 'login.microsoft.com': 'login', 'sts.windows.net': 'login' },
  },
  {
    name: 'usgov',
    login: 'login.microsoftonline.us',
    graph: 'graph.microsoft.us',
    arm: 'management.usgovcloudapi.net',
    aliases: { 'login.usgovcloudapi.net': 'login', 'dod-graph.microsoft.us': 'graph' },
  },
  {
    name: 'china',
    login: 'login.partner.microsoftonline.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
    arm: 'management.chinacloudapi.cn',
    aliases: { 'login.chinacloudapi.cn': 'login' },
  },
]

/** Every host name of Microsoft's that the sandbox answers for, aliases and national clouds included. */
export const HOST_NAMES: readonly string[] = CLOUDS.flatMap(({ login, graph, arm, aliases }) => [
  login,
  graph,
  arm,
  ...Object.keys(aliases),
])

/** Which service of which cloud a host name stands for, or null when it is none of Microsoft's. */
export function findService(host: string): { cloud: Cloud; service: Service } | null {
  const name = host.toLowerCase()
  for (const cloud of CLOUDS) {
    if (name === cloud.login) return { cloud, service: 'login' }
    if (name === cloud.graph) return { cloud, service: 'graph' }
    if (name === cloud.arm) return { cloud, service: 'arm' }
    const alias = Object.hasOwn(cloud.aliases, name) ? cloud.aliases[name] : undefined
    if (alias) return { cloud, service: alias }
  }
  return null
}
