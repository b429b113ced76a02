import { AzureError } from './azure-error'

/** Pages of one list: 500 pages of 999 users are more than the largest directories we can name need. */
const MOST_PAGES = 500

/** Watches the addresses of one list; throws `endless_list` when one comes back or there are too many. */
export function pageGuard(): (url: string) => void {
  const seen = new Set<string>()
  return (url) => {
    if (seen.has(url) || seen.size >= MOST_PAGES)
      throw new AzureError('endless_list', 'The list came round again or had too many pages.')
    seen.add(url)
  }
}
