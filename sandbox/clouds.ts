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

/** The address at which a machine in Azure is asked for tokens of its managed identities; link-local, so never behind TLS. */
export const METADATA_HOST = '169.254.169.254'

/** Whether the sandbox answers for a host, be it one of Microsoft's or the metadata address. */
export const isPlayed = (host: string): boolean => host === METADATA_HOST || findService(host) !== null

/** Every host name of Microsoft's that the sandbox answers for, with aliases and national clouds. */
export const HOST_NAMES: readonly string[] = CLOUDS.flatMap(({ login, graph, arm, aliases }) => [
  login,
  graph,
  arm,
  ...Object.keys(aliases),
])

/** Finds the cloud and the service that a host name belongs to; null when it is not one of Microsoft's. */
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
