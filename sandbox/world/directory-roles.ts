import {
  APPLICATION_ADMINISTRATOR,
  CLOUD_APPLICATION_ADMINISTRATOR,
  DIRECTORY_WRITERS,
  GLOBAL_ADMINISTRATOR,
  GLOBAL_READER,
  GROUPS_ADMINISTRATOR,
  IDENTITY_GOVERNANCE_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
  USER_ADMINISTRATOR,
} from './roles'

/** The directory roles that people of the sandbox can hold, by template id. Source: Microsoft's "Microsoft Entra built-in roles". */
export const DIRECTORY_ROLES: ReadonlyMap<string, string> = new Map([
  [GLOBAL_ADMINISTRATOR, 'Global Administrator'],
  [APPLICATION_ADMINISTRATOR, 'Application Administrator'],
  [CLOUD_APPLICATION_ADMINISTRATOR, 'Cloud Application Administrator'],
  [PRIVILEGED_ROLE_ADMINISTRATOR, 'Privileged Role Administrator'],
  [GLOBAL_READER, 'Global Reader'],
  ['5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader'],
  ['194ae4cb-b126-40b2-bd5b-6091b380977d', 'Security Administrator'],
  ['4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader'],
  [DIRECTORY_WRITERS, 'Directory Writers'],
  [GROUPS_ADMINISTRATOR, 'Groups Administrator'],
  [IDENTITY_GOVERNANCE_ADMINISTRATOR, 'Identity Governance Administrator'],
  [USER_ADMINISTRATOR, 'User Administrator'],
])

/** The template id of a directory role that is named by id or display name, in any case; undefined when there is none. */
export function findDirectoryRole(name: string): string | undefined {
  const wanted = name.toLowerCase()
  for (const [id, displayName] of DIRECTORY_ROLES) if (id === wanted || displayName.toLowerCase() === wanted) return id
  return undefined
}

/** The template ids of directory roles by their display names. Throws on an unknown one. */
export function directoryRoleIds(...names: string[]): string[] {
  return names.map((name) => {
    const id = findDirectoryRole(name)
    if (id === undefined) throw new Error(`There is no directory role called ${name}.`)
    return id
  })
}
