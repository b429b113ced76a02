import { env } from '@/lib/env'

type Cloud = { login: string; graph: string; arm: string }

/** The national clouds and their only three origins (Microsoft: national cloud deployments; US Government is L4). */
export const CLOUDS: Record<'global' | 'usgov' | 'china', Cloud> = {
  global: {
    login: 'https://login.microsoftonline.com',
    graph: 'https://graph.microsoft.com',
    arm: 'https://management.azure.com',
  },
  usgov: {
    login: 'https://login.microsoftonline.us',
    graph: 'https://graph.microsoft.us',
    arm: 'https://management.usgovcloudapi.net',
  },
  china: {
    login: 'https://login.partner.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    arm: 'https://management.chinacloudapi.cn',
  },
}

/** The cloud that this portal is configured for. */
export const cloud = (): Cloud => CLOUDS[env().azure.cloud]
