import type { GroupList } from '@/lib/domain/access'
import { type BatchQuestion, IDS_PER_QUESTION, inChunks, PER_PAGE, questionsById } from './client/batch'
import type { ListQuestion } from './client/graph-lists'
import { PERSON_SELECT } from './people'
import { SERVICE_SELECT } from './service-principals'

/** The lists that are read of a group; each can be refused without the others. Who is activated is in two of them. */
export type ReadGroupList = GroupList | 'activated'

/** A question for one of the lists, or for those owners which Graph leaves out of the list of owners. */
export type GroupQuestion = ReadGroupList | 'service_owners'

/** A question for one list of one group, or for the names of several groups, with their owners or without. */
export type Asked = ListQuestion & { begin: () => Asked } & (
    | { about: GroupQuestion; id: string }
    | { about: 'names'; ids: string[]; expands: boolean }
  )

/** The questions that are asked of every group: its members, its service principals, its eligible ones if wanted, and its owners. */
export function questionsAbout(ids: string[], asksEligible = false): Asked[] {
  const lists = ['members', 'services', ...(asksEligible ? (['eligible'] as const) : [])] as const
  return [
    ...lists.flatMap((about) => ids.map((id) => askAbout(about, id))),
    ...inChunks(ids, IDS_PER_QUESTION).map((some) => askForNames(some, true)),
  ]
}

const PIM = '/identityGovernance/privilegedAccess/group'

/**
 * Privileged Identity Management lists the eligible and the activated of one group at a time; its filter is compulsory
 * (Graph: privilegedaccessgroup-list-eligibilityscheduleinstances).
 */
const QUESTIONS: Record<GroupQuestion, (id: string) => BatchQuestion> = {
  members: (id) => ({ url: `/groups/${id}/members?$select=${PERSON_SELECT}&$top=${PER_PAGE}` }),
  services: (id) => askForServices(`/groups/${id}/members`),
  service_owners: (id) => askForServices(`/groups/${id}/owners`),
  owners: (id) => ({ url: `/groups/${id}/owners?$select=id,displayName&$top=${PER_PAGE}` }),
  eligible: (id) => ({ url: `${PIM}/eligibilityScheduleInstances?$filter=groupId eq '${id}'&$expand=principal` }),
  activated: (id) => ({ url: `${PIM}/assignmentScheduleInstances?$filter=groupId eq '${id}'&$expand=principal` }),
}

/** Service principals among members or owners: v1.0 gives them for a cast in an advanced query only. */
const askForServices = (path: string): BatchQuestion => ({
  url: `${path}/microsoft.graph.servicePrincipal?$select=${SERVICE_SELECT}&$count=true&$top=${PER_PAGE}`,
  headers: { ConsistencyLevel: 'eventual' },
})

/** The question for one list of one group. */
export const askAbout = (about: GroupQuestion, id: string): Asked => ({
  about,
  id,
  question: QUESTIONS[about](id),
  begin: () => askAbout(about, id),
})

/** Names and owners of groups, fifteen a question (Graph, group: `owners` supports `$expand` with a nested `$select`). */
export function askForNames(ids: string[], expands: boolean): Asked {
  const [question] = questionsById(
    '/groups',
    ids,
    `id,displayName${expands ? '&$expand=owners($select=id,displayName)' : ''}`,
  )
  return { about: 'names', ids, expands, question: question as BatchQuestion, begin: () => askForNames(ids, expands) }
}
