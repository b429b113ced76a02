import type { DeletedGroup, Group } from '../world/types'
import type { Kind } from './kind'

const NOTHING = () => []
const NULL = () => null

/** Groups: security groups, as the world has no others with mail. Source of the defaults: Microsoft Graph "Get group". */
export const GROUP: Kind<Group> = {
  name: 'group',
  set: 'groups',
  registryOf: (tenant) => tenant.groups,
  readers: [
    'GroupMember.Read.All',
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  basicReaders: ['Group.ReadBasic.All', 'GroupMember.ReadBasic.All'],
  basic: new Set(['id', 'displayName', 'description', 'securityEnabled', 'mailEnabled', 'groupTypes', 'mail']),
  defaults: [
    'id',
    'deletedDateTime',
    'classification',
    'createdDateTime',
    'description',
    'displayName',
    'groupTypes',
    'isAssignableToRole',
    'mail',
    'mailEnabled',
    'mailNickname',
    'onPremisesSyncEnabled',
    'proxyAddresses',
    'renewedDateTime',
    'securityEnabled',
    'visibility',
  ],
  properties: {
    id: (group) => group.id,
    deletedDateTime: NULL,
    classification: NULL,
    createdDateTime: (group) => group.createdDateTime,
    description: (group) => group.description,
    displayName: (group) => group.displayName,
    groupTypes: NOTHING,
    isAssignableToRole: (group) => group.isAssignableToRole,
    mail: NULL,
    mailEnabled: () => false,
    mailNickname: (group) => group.displayName.replace(/\W/g, ''),
    membershipRule: NULL,
    onPremisesSyncEnabled: NULL,
    onPremisesSecurityIdentifier: NULL,
    proxyAddresses: NOTHING,
    renewedDateTime: (group) => group.createdDateTime,
    securityEnabled: (group) => group.securityEnabled,
    securityIdentifier: NULL,
    visibility: (group) => (group.hiddenMembership ? 'HiddenMembership' : null),
  },
}

/** Groups in the bin. */
export const DELETED_GROUP: Kind<DeletedGroup> = {
  ...GROUP,
  registryOf: (tenant) => tenant.deletedGroups,
  properties: { ...GROUP.properties, deletedDateTime: (group) => group.deletedDateTime },
}
