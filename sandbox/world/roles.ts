import builtIn from './built-in-roles.json'
import type { RoleDefinition } from './types'

/**
 * The built-in roles by id, the same in every tenant. A choice of Microsoft's several hundred, under their true ids;
 * the common ones with all their actions. Source: Microsoft's "Azure built-in roles".
 */
export const BUILT_IN_ROLES: ReadonlyMap<string, RoleDefinition> = new Map(
  builtIn.map(({ id, name, description, ...permission }) => [
    id,
    {
      id,
      name,
      description,
      custom: false,
      assignableScopes: ['/'],
      permissions: [permission],
      createdOn: '2015-02-02T21:55:09.8806423Z',
      updatedOn: '2021-11-11T20:13:28.6061853Z',
    },
  ]),
)

/** The id of a built-in role by its name; throws on a misspelt one. */
export function roleIdOf(name: string): string {
  for (const role of BUILT_IN_ROLES.values()) if (role.name === name) return role.id
  throw new Error(`There is no built-in role called ${name}.`)
}
