import type { Azure } from './azure'
import { type BatchAnswer, graphBatch } from './graph-batch'

/** The question how many users the directory has, for a batch. It is an advanced query. */
export const COUNT_OF_USERS = { url: '/users/$count', headers: { ConsistencyLevel: 'eventual' } }

/** How many users the directory has, by one call; null when Graph does not say. */
export async function countUsers(azure: Azure): Promise<number | null> {
  const [counted] = await graphBatch(azure, [COUNT_OF_USERS])
  return countIn(counted)
}

/** `$count` answers plain text, which a batch gives as a number, as digits, or as digits in base64. Unreadable: null. */
export function countIn(counted: BatchAnswer | undefined): number | null {
  if (counted?.status !== 200) return null
  const text = String(counted.body)
  const digits = /^\d+$/.test(text)
    ? text
    : Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/^\uFEFF/, '')
  return /^\d+$/.test(digits) ? Number(digits) : null
}
