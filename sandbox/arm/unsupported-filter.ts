import { armError } from './arm-error'

/** The 400 for a `$filter` the list does not know. */
export function unsupportedFilter(url: URL, supported: string): Response {
  return armError(
    400,
    'UnsupportedQuery',
    `The filter '${url.searchParams.get('$filter')}' is not supported. Supported filters are either ${supported}.`,
  )
}
