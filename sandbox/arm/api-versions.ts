import { armError } from './protocol'

/**
 * The 400 for a missing or unsupported `api-version`; null when the address supports it. Resource providers that are not
 * imitated accept every version. The wording for unsupported versions was seen for providers and is recalled for ARM's own
 * addresses.
 */
export function checkApiVersion(url: URL, path: string): Response | null {
  const version = url.searchParams.get('api-version')?.toLowerCase()
  if (!version)
    return armError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  const invalid = (supported: string) =>
    armError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.${supported}`)
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/.test(version)) return invalid('')
  const provider = providerOf(path)
  // Registering a provider is an operation of ARM itself, so ARM's own versions count.
  if (!provider || provider.type.toLowerCase() === 'register') {
    const versions = versionsOf(RESOURCES)
    return versions.has(version) ? null : invalid(` The supported versions are '${[...versions].reverse().join(',')}'.`)
  }
  const list = listVersions(provider)
  if (list === undefined || versionsOf(list).has(version)) return null
  const supported = list.split(' ').join(', ')
  return armError(
    400,
    'NoRegisteredProviderFound',
    `No registered resource provider found for location '' and API version '${version}' for type '${provider.type}'. The supported api-versions are '${supported}'. The supported locations are ''.`,
  )
}

/** The versions of a resource type, in one text; undefined when every version is accepted. */
function listVersions({ namespace, type }: { namespace: string; type: string }): string | undefined {
  switch (namespace.toLowerCase()) {
    case 'microsoft.authorization':
      return AUTHORIZATION.get(type.toLowerCase())
    case 'microsoft.management':
      return MANAGEMENT_GROUPS
    case 'microsoft.managedservices':
      return MANAGED_SERVICES
    case 'microsoft.resourcegraph':
      return type.toLowerCase() === 'resources' ? RESOURCE_GRAPH : undefined
    case 'microsoft.insights':
      return type.toLowerCase() === 'eventtypes' ? ACTIVITY_LOG : undefined
    default:
      return undefined
  }
}

/** The provider a path ends in: `Microsoft.Authorization` and `roleAssignments` of `{scope}/providers/Microsoft.Authorization/roleAssignments`. */
function providerOf(path: string): { namespace: string; type: string } | null {
  const found = /^.*\/providers\/([^/]+)\/([^/]+)/i.exec(path)
  return found ? { namespace: found[1] ?? '', type: found[2] ?? '' } : null
}

const RESOURCES =
  '2014-04-01 2015-01-01 2015-11-01 2016-06-01 2016-07-01 2016-09-01 2017-05-10 2018-02-01 2018-05-01 2018-06-01 2018-11-01 2019-03-01 2019-05-01 2019-05-10 2019-06-01 2019-07-01 2019-08-01 2019-10-01 2019-11-01 2020-01-01 2020-05-01 2020-06-01 2020-08-01 2020-10-01 2021-01-01 2021-04-01 2022-01-01 2022-05-01 2022-06-01 2022-09-01 2022-12-01 2023-07-01 2024-03-01 2024-07-01 2024-11-01 2025-03-01 2025-04-01'
const MANAGEMENT_GROUPS =
  '2017-08-31-preview 2017-11-01-preview 2018-01-01-preview 2018-03-01-preview 2019-11-01 2020-02-01 2020-05-01 2020-10-01 2021-04-01 2023-04-01 2024-02-01-preview'
/** Azure/azure-rest-api-specs, folders of managedservices. */
const MANAGED_SERVICES =
  '2018-06-01-preview 2019-04-01-preview 2019-06-01 2019-09-01 2020-02-01-preview 2022-01-01-preview 2022-10-01'
const RESOURCE_GRAPH = '2019-04-01 2020-04-01-preview 2021-03-01 2021-06-01-preview 2022-10-01 2024-04-01'
const ACTIVITY_LOG = '2014-04-01 2015-04-01 2017-03-01-preview'
const OLD_AUTHORIZATION =
  '2014-04-01-preview 2014-07-01-preview 2014-10-01-preview 2015-05-01-preview 2015-06-01 2015-07-01 2016-07-01 2017-05-01 2017-09-01'
const SCHEDULES = '2020-10-01-preview 2020-10-01 2022-04-01-preview 2024-09-01-preview'

/** By resource type in lower case. Versions up to 2022 are those in ARM's own refusals (Azure/azure-sdk-for-java 28334), newer ones those of the SDKs. */
const AUTHORIZATION = new Map(
  Object.entries({
    roleassignments: `${OLD_AUTHORIZATION} 2017-10-01-preview 2018-01-01-preview 2018-07-01 2018-09-01-preview 2018-12-01-preview 2019-04-01-preview 2020-03-01-preview 2020-04-01-preview 2020-08-01-preview 2020-10-01-preview 2021-04-01-preview 2022-01-01-preview 2022-04-01`,
    roleassignmentsusagemetrics: '2019-08-01-preview',
    roledefinitions: `${OLD_AUTHORIZATION} 2018-01-01-preview 2018-07-01 2022-04-01 2022-05-01-preview`,
    denyassignments: '2018-07-01 2018-07-01-preview 2019-03-01-preview 2022-04-01 2024-07-01-preview',
    permissions: `${OLD_AUTHORIZATION} 2018-01-01-preview 2018-07-01 2022-04-01 2022-05-01-preview`,
    classicadministrators:
      '2014-04-01-preview 2014-07-01-preview 2014-10-01-preview 2015-05-01-preview 2015-06-01 2015-07-01',
    roleeligibilityscheduleinstances: SCHEDULES,
    roleassignmentscheduleinstances: SCHEDULES,
    roleeligibilityschedules: SCHEDULES,
    roleassignmentschedules: SCHEDULES,
    roleeligibilityschedulerequests: SCHEDULES,
    roleassignmentschedulerequests: SCHEDULES,
    rolemanagementpolicies: SCHEDULES,
    rolemanagementpolicyassignments: SCHEDULES,
    provideroperations: `${OLD_AUTHORIZATION} 2018-01-01-preview 2018-07-01 2022-04-01 2022-05-01-preview`,
  }),
)

/** The lists above as sets, made once. */
const versionSets = new Map<string, ReadonlySet<string>>()

function versionsOf(list: string): ReadonlySet<string> {
  const known = versionSets.get(list)
  if (known) return known
  const versions = new Set(list.split(' '))
  versionSets.set(list, versions)
  return versions
}
