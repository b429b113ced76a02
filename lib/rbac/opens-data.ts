/** Control-plane actions that hand out keys or addresses good for reading data and nothing else. */
export const OPENS_DATA: readonly string[] = [
  'Microsoft.Compute/disks/beginGetAccess/action',
  'Microsoft.Compute/snapshots/beginGetAccess/action',
  'Microsoft.DocumentDB/databaseAccounts/readonlykeys/action',
  'Microsoft.Search/searchServices/listQueryKeys/action',
]
