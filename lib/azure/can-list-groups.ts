import type { Azure } from './azure'
import { AzureError } from './azure-error'
import { graphPages } from './graph-pages'

/**
 * Whether the account may list groups at all: `GroupMember.Read.All` lets a member do so, while a guest's own rights may
 * not reach that far (reference: wire facts 3.2).
 */
export async function canListGroups(azure: Azure): Promise<boolean> {
  try {
    await graphPages(azure, '/groups?$select=id&$top=1').next()
    return true
  } catch (error) {
    if (error instanceof AzureError && error.code === 'directory_not_readable') return false
    throw error
  }
}
