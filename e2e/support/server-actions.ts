import { readFileSync } from 'node:fs'
import { type Answer, ask, type SentHeaders } from './ask'

/** One server action of the production build, and a page that it can be posted to. */
export type ServerAction = { id: string; name: string; page: string }

type Manifest = {
  node: Record<string, { workers: Record<string, unknown>; exportedName: string; filename: string }>
}

/** Every server action that the build made callable, so that a new one is met by the tests without being named in them. */
export function serverActions(): ServerAction[] {
  const { node } = JSON.parse(readFileSync('.next/server/server-reference-manifest.json', 'utf8')) as Manifest
  return Object.entries(node).map(([id, { workers, exportedName }]) => {
    const page = Object.keys(workers).find((worker) => !worker.includes('['))
    if (!page) throw new Error(`No page with a fixed address can run the action ${exportedName}.`)
    return { id, name: exportedName, page: page.replace(/^app|\/\([^)]*\)|\/page$/g, '') }
  })
}

/** The arguments of a call; `form` stands where a FormData goes. */
export type Shape = { args: unknown[]; form?: Record<string, string> }

type Caller = { path: string; cookie?: string; headers: SentHeaders }

/** Calls a server action as the browser's own code would, or as nobody's code should. */
export function callAction(id: string, { args, form }: Shape, { path, cookie, headers }: Caller): Promise<Answer> {
  const parts = new FormData()
  for (const [name, value] of Object.entries(form ?? {})) parts.append(`_1_${name}`, value)
  parts.append('0', JSON.stringify(args.map((arg) => (arg === FORM ? '$K1' : arg))))
  return ask(path, {
    method: 'POST',
    cookie,
    headers: { 'next-action': id, accept: 'text/x-component', ...headers },
    form: parts,
  })
}

/** Where the FormData stands among the arguments. */
export const FORM = Symbol('form')
