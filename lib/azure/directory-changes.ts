import { z } from 'zod'
import { type CallCount, countBatches, inChunks, PER_PAGE, parseAnswer } from './client/batch'
import type { Azure } from './client/clients'
import { cloud } from './client/cloud'
import { askForLists, type ListQuestion, pathInBatch } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { checkAddress } from './client/transport'
import { PERSON_SELECT } from './people'

/** Links by which Microsoft Graph tells what has changed since it gave them: one for all people, and one for up to fifty groups. */
export type ChangeLinks = { people: string; groups: LinkOfGroups[] }

/** A link for some groups; every one of them is named in it, because Graph tells of direct members only. */
export type LinkOfGroups = { ids: string[]; link: string }

/** What has changed. Groups of which Graph did not tell are among those that may have. */
export type DirectoryChanges = {
  people: Set<string>
  groups: Set<string>
  /** Those of both that were deleted. */
  gone: Set<string>
  /** The links for the next time, without those that were refused. */
  links: ChangeLinks
}

/** Objects that one link can be limited to (Graph: group-delta, `$filter`). */
const IDS_PER_LINK = 50

/** A question that is answered with changes, or only with a link to later ones. */
export type AskedForChanges = ListQuestion & ({ about: 'changed_people' } | { about: 'changed_groups'; ids: string[] })

/**
 * The questions for links that begin now, without the list of what there is now: `$deltatoken=latest` gives the link alone
 * (Graph: delta-query-overview). Only the selected properties are followed, and the options go into the link.
 */
export function questionsForLinks(groupIds: readonly string[], { people }: { people: boolean }): AskedForChanges[] {
  const groups = inChunks(groupIds, IDS_PER_LINK).map((ids): AskedForChanges => {
    const filter = ids.map((id) => `id eq '${id}'`).join(' or ')
    return {
      about: 'changed_groups',
      ids,
      question: { url: `/groups/delta?$select=members&$filter=${filter}&${LATEST}` },
    }
  })
  const ofPeople = { url: `/users/delta?$select=${PERSON_SELECT}&${LATEST}` }
  return [...(people ? [{ about: 'changed_people' as const, question: ofPeople }] : []), ...groups]
}

const LATEST = '$deltatoken=latest'

/**
 * The link in an answer to one of {@link questionsForLinks}; null when Graph refuses it, as it does to guests and in tenants for
 * customers: everything is then read anew each time.
 */
export function linkIn(answer: Parameters<typeof parseAnswer>[1]): string | null {
  try {
    return parseAnswer(ChangesPage, answer).deltaLink
  } catch (error) {
    refusedBy('delta', error)
    return null
  }
}

/**
 * Asks what has changed since links were given, some twenty links a call. Gives null when Graph does not tell it of people: the link
 * has expired (410, after seven days), or so many have changed that to read them again costs less.
 *
 * @param calls kept current
 */
export async function readChanges(
  azure: Azure,
  links: ChangeLinks,
  calls: CallCount,
): Promise<DirectoryChanges | null> {
  const people = new Set<string>()
  const groups = new Set<string>()
  const gone = new Set<string>()
  const next: { people: string | null; groups: LinkOfGroups[] } = { people: null, groups: [] }
  let pagesOfPeople = 0
  const asked: AskedForChanges[] = [
    { about: 'changed_people', question: { url: links.people } },
    ...links.groups.map(({ ids, link }) => ({ about: 'changed_groups' as const, ids, question: { url: link } })),
  ]
  calls.predicted += countBatches(asked.length)
  await askForLists(azure, asked, calls, (one, answer) => {
    try {
      const page = parseAnswer(ChangesPage, answer)
      const changed = one.about === 'changed_people' ? people : groups
      for (const id of page.ids) changed.add(id)
      for (const id of page.gone) gone.add(id)
      if (one.about === 'changed_people') {
        pagesOfPeople += 1
        next.people = page.deltaLink
        return pagesOfPeople < MOST_PAGES ? page.nextLink : null
      }
      if (page.deltaLink) next.groups.push({ ids: one.ids, link: page.deltaLink })
      else if (!page.nextLink) for (const id of one.ids) groups.add(id)
      return page.nextLink
    } catch (error) {
      refusedBy('delta', error)
      if (one.about === 'changed_people') next.people = null
      else for (const id of one.ids) groups.add(id)
      return null
    }
  })
  return next.people === null ? null : { people, groups, gone, links: { people: next.people, groups: next.groups } }
}

/**
 * The groups that some people are in, at any depth; null when Graph does not tell it of one of them. Who was restored from the recycle
 * bin is back in groups of which no change is told (microsoft-graph-docs#14708).
 *
 * @param calls kept current
 */
export async function readGroupsOf(
  azure: Azure,
  personIds: readonly string[],
  calls: CallCount,
): Promise<ReadonlySet<string> | null> {
  const groups = new Set<string>()
  let isTold = true
  const asked = personIds.map(
    (id): ListQuestion => ({ question: { url: `/users/${id}/transitiveMemberOf?$select=id&$top=${PER_PAGE}` } }),
  )
  calls.predicted += countBatches(asked.length)
  await askForLists(azure, asked, calls, (_, answer) => {
    // Who is deleted is in no group.
    if (answer.status === 404) return null
    try {
      const page = parseAnswer(ChangesPage, answer)
      for (const id of page.ids) groups.add(id)
      return page.nextLink
    } catch (error) {
      refusedBy('users/transitiveMemberOf', error)
      isTold = false
      return null
    }
  })
  return isTold ? groups : null
}

/** Pages of changed people, of some two hundred each, after which everybody is read again instead. */
const MOST_PAGES = 20

/**
 * A page of changes. Whatever is said of an object, it has changed: its properties, its members, or that it is gone. One whose id
 * cannot be read makes the page unreadable, since nobody knows what has changed then.
 */
const ChangesPage = z
  .object({
    value: z.array(z.looseObject({ id: z.guid().toLowerCase(), '@removed': z.unknown().optional() })),
    '@odata.nextLink': z.string().nullish(),
    '@odata.deltaLink': z.string().nullish(),
  })
  .transform(({ value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink }) => ({
    ids: value.map(({ id }) => id),
    gone: value.flatMap((one) => (one['@removed'] ? [one.id] : [])),
    nextLink: nextLink ? checkAddress(nextLink, [cloud().graph]).href : null,
    deltaLink: deltaLink ? pathInBatch(checkAddress(deltaLink, [cloud().graph]).href) : null,
  }))
