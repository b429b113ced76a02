import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One address of the portal, as its file says it. */
export type PortalRoute = {
  /** The folders between `app` and the file, groups like `(portal)` included. */
  folders: string[]
  /** The address, dynamic segments in brackets. */
  pattern: string
  kind: 'page' | 'route'
}

/** Every page and route handler under `app`, so that a new one is met by the tests without being named in them. */
export function portalRoutes(): PortalRoute[] {
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
    .map((file) => {
      const folders = dirname(join('/', file)).split('/').filter(Boolean)
      const shown = folders.filter((folder) => !/^\(.*\)$/.test(folder))
      return { folders, pattern: `/${shown.join('/')}`, kind: file.endsWith('page.tsx') ? 'page' : 'route' } as const
    })
    .sort((one, other) => (one.pattern < other.pattern ? -1 : 1))
}

const DYNAMIC = /^\[(?:\.\.\.)?(.+)\]$/

/** A route's address with its dynamic segments filled. A segment that nobody has told how to fill is an error. */
export function fill({ pattern }: PortalRoute, fillers: Record<string, string>): string {
  return pattern
    .split('/')
    .map((segment) => {
      const name = DYNAMIC.exec(segment)?.[1]
      if (!name) return segment
      const value = fillers[name]
      if (value === undefined) throw new Error(`Say in the tests how to fill [${name}] of ${pattern}.`)
      return value
    })
    .join('/')
}

/**
 * What the router sends when it claims to have every layout of a page already and asks for the page alone: a guard that
 * stands only in a layout is then not run.
 */
export function pageAlone({ folders }: PortalRoute, fillers: Record<string, string>): string {
  let tree: unknown[] = ['__PAGE__', {}, null, 'refetch']
  for (const folder of [...folders].reverse()) {
    const name = DYNAMIC.exec(folder)?.[1]
    tree = [name ? [name, fillers[name], 'd', null] : folder, { children: tree }]
  }
  return encodeURIComponent(JSON.stringify(['', { children: tree }]))
}
