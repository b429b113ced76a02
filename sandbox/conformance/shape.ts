/** Checks a value found at the place `at`: returns one sentence for each fault, none when the value has the shape. */
export type Shape = (value: unknown, at: string) => string[]

/** A property that may be left out. */
class Optional {
  constructor(readonly shape: Shape) {}
}

const matching =
  (name: string, pattern: RegExp): Shape =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? [] : [`${at} is no ${name}: ${JSON.stringify(value)}`]

const typed =
  (type: 'string' | 'number' | 'boolean'): Shape =>
  (value, at) =>
    typeof value === type ? [] : [`${at} is no ${type}: ${JSON.stringify(value)}`]

const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

function faultsOfObject(shapes: Record<string, Shape | Optional>, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`]
  const found = new Map<string, unknown>(Object.entries(value))
  const unknown = [...found.keys()]
    .filter((name) => !(name in shapes))
    .map((name) => `${at}.${name} is not in the facts`)
  const wrong = Object.entries(shapes).flatMap(([name, shape]) => {
    if (!found.has(name)) return shape instanceof Optional ? [] : [`${at}.${name} is missing`]
    return (shape instanceof Optional ? shape.shape : shape)(found.get(name), `${at}.${name}`)
  })
  return [...unknown, ...wrong]
}

/** The shapes that the tables of facts are written in. A property that a shape does not name is a fault. */
export const SHAPES = {
  text: typed('string'),
  number: typed('number'),
  flag: typed('boolean'),
  guid: matching('GUID', new RegExp(`^${GUID}$`, 'i')),
  /** 2022-01-15T21:08:45.4904312Z */
  time7: matching('time with seven decimals', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
  time: matching('time in UTC', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
  matching,
  is:
    (...allowed: unknown[]): Shape =>
    (value, at) =>
      allowed.includes(value) ? [] : [`${at} is ${JSON.stringify(value)}, none of ${JSON.stringify(allowed)}`],
  nullable:
    (shape: Shape): Shape =>
    (value, at) =>
      value === null ? [] : shape(value, at),
  optional: (shape: Shape) => new Optional(shape),
  list:
    (shape: Shape): Shape =>
    (value, at) =>
      Array.isArray(value) ? value.flatMap((item, index) => shape(item, `${at}[${index}]`)) : [`${at} is no list`],
  object:
    (shapes: Record<string, Shape | Optional>): Shape =>
    (value, at) =>
      faultsOfObject(shapes, value, at),
}
