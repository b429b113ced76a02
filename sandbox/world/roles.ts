import builtIn from './built-in-roles.json'
import type { RoleDefinition } from './types'

/**
 * The built-in roles by id, the same in every tenant: some two hundred of Microsoft's several hundred, those in common use,
 * sorted by name. Ids, names, descriptions and permissions, in their order and with their repetitions, are those of the
 * JSON in Microsoft's "Azure built-in roles" (MicrosoftDocs/azure-docs,
 * articles/role-based-access-control/built-in-roles/*.md: networking, web and Event Grid as of 2024, the other
 * pages of 2025 and 2026). Of the roles whose permissions carry a condition there is one, Key Vault Data Access Administrator.
 * Left out are roles whose permissions come in several parts, and those that cannot be assigned at the root. All roles have the same times of creation and change.
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

/** The id of a built-in role by its name. Throws on an unknown one. */
export function roleIdOf(name: string): string {
  for (const role of BUILT_IN_ROLES.values()) if (role.name === name) return role.id
  throw new Error(`There is no built-in role called ${name}.`)
}

/** Template ids of Entra roles. Source: Microsoft's "Microsoft Entra built-in roles". */
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10'
export const APPLICATION_ADMINISTRATOR = '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3'
export const CLOUD_APPLICATION_ADMINISTRATOR = '158c047a-c907-4556-b7ef-446551a6b5f7'
export const PRIVILEGED_ROLE_ADMINISTRATOR = 'e8611ab8-c189-46e8-94e1-60213ab1f814'
export const GLOBAL_READER = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'
export const DIRECTORY_WRITERS = '9360feb5-f418-4baa-8175-e2a00bac4301'
export const GROUPS_ADMINISTRATOR = 'fdd7a751-b60b-444a-984c-02652fe8fa1c'
export const IDENTITY_GOVERNANCE_ADMINISTRATOR = '45d8d3c5-c802-45c6-b32a-1d70b5e1e86e'
export const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1'
/** Every person's tokens contain this in `wids`. */
export const EVERY_USER = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

/** The roles that may consent to delegated permissions for the whole organisation. */
export const MAY_CONSENT: ReadonlySet<string> = new Set([
  GLOBAL_ADMINISTRATOR,
  APPLICATION_ADMINISTRATOR,
  CLOUD_APPLICATION_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
])
