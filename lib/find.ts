import type { Actor } from '@/db/actor'
import {
  type FoundPrincipal,
  type FoundSubscription,
  type FoundView,
  listFoundGroups,
  listFoundPeople,
  listFoundSubscriptions,
  listFoundViews,
  listLastSubscriptions,
} from '@/db/queries/found'
import { type KnownOperation, suggestQuestions } from '@/lib/domain/operations'
import { type FindView, type FoundGroup, type FoundOption, splitTab } from '@/lib/domain/palette'
import { formatListAddress, savedListLabel } from '@/lib/domain/saved-views'
import type { SubscriptionTab } from '@/lib/domain/subscription-tabs'
import { formatAskAllView, formatGroupsView, parseAskAllView } from '@/lib/domain/views'
import { isolateName, lowerFirst } from '@/lib/domain/words'

/**
 * What the palette shows beside pages: subscriptions, saved views, people and groups by a part of their names, a few of each, and
 * questions that may be meant; while nothing is typed, the last subscriptions. A kind of which nothing is found is left out.
 */
export async function findByName(actor: Actor, { search, last }: FindView): Promise<FoundGroup[]> {
  if (search === '') {
    const subscriptions = await listLastSubscriptions(actor, last)
    return withoutEmpty([{ kind: 'subscriptions', options: subscriptions.map((one) => toSubscription(one)) }])
  }
  const [subscriptions, views, people, groups] = await Promise.all([
    findSubscriptions(actor, search),
    listFoundViews(actor, search),
    listFoundPeople(actor, search),
    listFoundGroups(actor, search),
  ])
  return withoutEmpty([
    { kind: 'subscriptions', options: subscriptions },
    { kind: 'views', options: views.map((view) => toView(actor, view)) },
    { kind: 'people', options: people.map(toPerson) },
    { kind: 'groups', options: groups.map(toGroup) },
    { kind: 'questions', options: suggestQuestions(search, MOST_QUESTIONS).map(toQuestion) },
  ])
}

const MOST_QUESTIONS = 3

function toQuestion({ words, operation }: KnownOperation): FoundOption {
  const href = `/people/ask${formatAskAllView({ ...parseAskAllView({}), operation })}`
  return { href, label: `Who can ${lowerFirst(words)}?`, detail: operation }
}

const withoutEmpty = (groups: FoundGroup[]): FoundGroup[] =>
  groups.map(({ kind, options }) => ({ kind, options: onceEach(options) })).filter(({ options }) => options.length > 0)

/** A person whom two tenants know has one page for both, and so have two saved views with the same filters. */
const onceEach = (options: FoundOption[]): FoundOption[] =>
  options.filter(({ href }, index) => options.findIndex((one) => one.href === href) === index)

/** Those that are called what is typed, and after them a tab of those that are called what is typed but for its name. */
async function findSubscriptions(actor: Actor, typed: string): Promise<FoundOption[]> {
  const asked = splitTab(typed)
  const [called, ofTab] = await Promise.all([
    listFoundSubscriptions(actor, typed),
    asked ? listFoundSubscriptions(actor, asked.search) : [],
  ])
  return [...called.map((one) => toSubscription(one)), ...ofTab.map((one) => toSubscription(one, asked?.tab))]
}

function toSubscription(found: FoundSubscription, tab?: SubscriptionTab): FoundOption {
  const { id, label, subscriptionName, subscriptionId } = found
  return {
    href: `/integrations/azure/${id}${tab?.path ?? ''}`,
    label: tab ? `${isolateName(label)}: ${tab.label}` : label,
    detail: subscriptionName === label ? subscriptionId : `${isolateName(subscriptionName)} · ${subscriptionId}`,
  }
}

function toView(actor: Actor, { name, label, memberId, memberName, ...address }: FoundView): FoundOption {
  const list = savedListLabel(address.list)
  const of = label === null ? list : `${list} of ${isolateName(label)}`
  return {
    href: formatListAddress(address),
    label: name,
    detail: memberId === actor.memberId ? of : `${of} · shared by ${isolateName(memberName)}`,
  }
}

function toPerson({ id, name, email, status, guest, subscriptions, first }: FoundPrincipal): FoundOption {
  const address = name === null ? null : email
  return {
    href: `/people/${id}`,
    label: name ?? email ?? id,
    detail: [address, placeWords(subscriptions, first.label)].filter(Boolean).join(' · '),
    status,
    guest,
  }
}

function toGroup({ id, name, subscriptions, first }: FoundPrincipal): FoundOption {
  return {
    href: `/integrations/azure/${first.id}/groups${formatGroupsView({ groupId: id, search: '', cursor: null, at: '' })}`,
    label: name ?? id,
    detail: placeWords(subscriptions, first.label),
  }
}

function placeWords(subscriptions: number, first: string): string {
  if (subscriptions === 1) return `in ${isolateName(first)}`
  const others = subscriptions - 1
  return `in ${isolateName(first)} and ${others.toLocaleString('en')} ${others === 1 ? 'other' : 'others'}`
}
