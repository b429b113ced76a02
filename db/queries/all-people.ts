import type { HolderQuery } from './select-holder-page'

/** Everyone who has access, by name: the list that nothing was asked of yet. */
export const ALL_PEOPLE: HolderQuery = {
  who: 'people',
  search: '',
  status: null,
  signal: null,
  roleIds: [],
  scope: null,
  level: null,
  how: null,
  held: null,
  sort: 'name',
  direction: 'asc',
  cursor: null,
}
