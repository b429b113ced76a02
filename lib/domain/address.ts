/** What Next.js hands a page of its address: a name that stands there several times has several values. */
export type SearchParams = Record<string, string | string[] | undefined>

/**
 * One value of a view as it stands in an address. What cannot be understood is read as the default, so that an old or
 * mangled link still opens; the default is written as nothing, so that it stays out of the address.
 */
export type Parameter<Value> = {
  read: (params: SearchParams) => Value
  write: (value: Value) => Record<string, string>
}

/** The parameters of a view's address, one for each of its values. */
export type Address<View> = { [Key in keyof View]-?: Parameter<View[Key]> }

/** Reads a view from an address, of whatever origin: it never fails. */
export function parseView<View extends object>(address: Address<View>, params: SearchParams): View {
  const view: Partial<View> = {}
  for (const key in address) view[key] = address[key].read(params)
  return view as View
}

/** The query that opens a view, with a leading `?`, or empty for the default view. */
export function formatView<View extends object>(address: Address<View>, view: View): string {
  const params: Record<string, string> = {}
  for (const key in address) Object.assign(params, address[key].write(view[key]))
  return formatQuery(params)
}

/** A query with a leading `?`, without the parameters that are empty. */
export function formatQuery(params: Record<string, string>): string {
  const filled = Object.entries(params).filter(([, value]) => value !== '')
  return filled.length > 0 ? `?${new URLSearchParams(filled)}` : ''
}

/** The first value under a name; empty when there is none. */
export function firstValue(params: SearchParams, name: string): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

/** A parameter that has one name, whatever its value is. */
function parameter<Value>(name: string, read: (text: string) => Value, write: (value: Value) => string) {
  return {
    read: (params: SearchParams) => read(firstValue(params, name)),
    write: (value: Value) => ({ [name]: write(value) }),
  }
}

/** One word of a closed list. */
export function oneOf<Word extends string, Default extends Word | null>(
  name: string,
  words: readonly Word[],
  byDefault: Default,
): Parameter<Word | Default> {
  const read = (text: string) => words.find((word) => word === text) ?? byDefault
  return parameter<Word | Default>(name, read, (value) => (value === byDefault ? '' : (value ?? '')))
}

/** Words of a closed list with commas between them, each once and in the order of the list. None at all is written as `none`. */
export function someOf<Word extends string>(
  name: string,
  words: readonly Word[],
  byDefault: readonly Word[],
): Parameter<Word[]> {
  const read = (text: string) => {
    if (text === 'none') return []
    const asked = text.split(',')
    const known = words.filter((word) => asked.includes(word))
    return known.length > 0 ? known : [...byDefault]
  }
  const write = (chosen: readonly Word[]) => (chosen.join() === byDefault.join() ? '' : chosen.join() || 'none')
  return parameter(name, read, write)
}

const LONGEST_SEARCH = 200 // characters; no name or email is that long
const LONGEST_TEXT = 1024 // characters; the IDs of Azure's deepest resources stay well below

/** Without NUL, which PostgreSQL refuses in a text. */
const cleanText = (text: string, longest: number): string => text.replaceAll('\0', '').trim().slice(0, longest)
const textOrNothing = (text: string | null): string => text ?? ''

/** What is searched for; empty for everything. */
export function searchText(name: string): Parameter<string> {
  return parameter(name, (text) => cleanText(text, LONGEST_SEARCH), textOrNothing)
}

/** Text as somebody typed it. */
export function plainText(name: string): Parameter<string> {
  return parameter(name, (text) => cleanText(text, LONGEST_TEXT), textOrNothing)
}

/** A scope as a list names it: a path that is taken whole or not at all. */
export function scopePath(name: string): Parameter<string | null> {
  const isScope = (text: string) => text.startsWith('/') && text.length <= LONGEST_TEXT && !text.includes('\0')
  return parameter(name, (text) => (isScope(text) ? text : null), textOrNothing)
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** How many GUIDs a list of an address holds: a filter by more roles is not one that a person made. */
export const MOST_GUIDS = 20

/** A GUID, in lower case. */
export function guid(name: string): Parameter<string | null> {
  const read = (text: string) => (GUID.test(text) ? text : null)
  return parameter(name, (text) => read(text.trim().toLowerCase()), textOrNothing)
}

/** GUIDs with commas between them, each once. */
export function guids(name: string): Parameter<string[]> {
  const split = (text: string) => text.toLowerCase().split(',', MOST_GUIDS)
  const read = (text: string) => [...new Set(split(text).filter((id) => GUID.test(id)))]
  return parameter(name, read, (ids: string[]) => ids.join(','))
}

/** Whether something is asked for: `1` when it is. */
export function flag(name: string): Parameter<boolean> {
  return parameter(
    name,
    (text) => text === '1',
    (isAsked: boolean) => (isAsked ? '1' : ''),
  )
}

/** A whole number from 0, which is the default. */
export function wholeNumber(name: string): Parameter<number> {
  const read = (number: number) => (Number.isSafeInteger(number) && number > 0 ? number : 0)
  return parameter(
    name,
    (text) => read(Number(text)),
    (number: number) => (number > 0 ? String(number) : ''),
  )
}

/** A moment in UTC, as `Date` writes it (ISO 8601). */
export function moment(name: string): Parameter<Date | null> {
  const read = (text: string) => (MOMENT.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text) : null)
  return parameter(name, read, (value: Date | null) => value?.toISOString() ?? '')
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/
