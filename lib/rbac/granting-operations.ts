/**
 * The operations by which someone comes to hold a role: an assignment of it, active or eligible; a change to what a role
 * held already means; the rise of a Global Administrator to User Access Administrator at the root ("Delegate Azure
 * role assignment management"; "Assign Azure roles with PIM"; "Elevate access").
 */
export const GRANTING_OPERATIONS: readonly string[] = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  'Microsoft.Authorization/roleEligibilityScheduleRequests/write',
  'Microsoft.Authorization/elevateAccess/action',
]
