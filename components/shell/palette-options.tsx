import {
  ArrowRight,
  Bookmark,
  CircleHelp,
  Cloud,
  FileText,
  Keyboard,
  type LucideIcon,
  Search,
  User,
  Users,
} from 'lucide-react'
import Link from 'next/link'
import { PERSON_STATUS_LABELS } from '@/components/access/labels'
import { Chip } from '@/components/ui/chip'
import { joinClasses } from '@/components/ui/join-classes'
import { Name } from '@/components/ui/name'
import { formatQuery } from '@/lib/domain/address'
import {
  beginsWords,
  FOUND_KINDS,
  type FoundGroup,
  type FoundKind,
  type FoundOption,
  findPlaces,
} from '@/lib/domain/palette'
import { isolateName } from '@/lib/domain/words'

type PaletteOption = FoundOption & {
  /** Set for what is no page: what opens instead. Its `href` only tells it from the others then. */
  opens?: 'keys'
}

/** Options under a title; without one where they lead on to another search. */
export type PaletteGroup = { title: string | null; Icon: LucideIcon; options: PaletteOption[] }

const ICONS: Record<FoundKind, LucideIcon> = {
  subscriptions: Cloud,
  views: Bookmark,
  people: User,
  groups: Users,
  questions: CircleHelp,
}

const KEYS = { href: '#keys', label: 'Keyboard shortcuts', detail: '', opens: 'keys' } as const

/** What the palette lists: the pages that are called what is typed, what the portal has found, and a wider search at the end. */
export function listOptions(search: string, found: FoundGroup[]): PaletteGroup[] {
  const pages: PaletteOption[] = findPlaces(search).map(({ href, label, part = '' }) => ({ href, label, detail: part }))
  if (beginsWords(`${KEYS.label} help`, search)) pages.push(KEYS)
  const groups: PaletteGroup[] = [
    { title: 'Pages', Icon: FileText, options: pages },
    ...found.map(({ kind, options }) => ({ title: FOUND_KINDS[kind], Icon: ICONS[kind], options })),
  ]
  if (search !== '') groups.push({ title: null, Icon: Search, options: [toAllPeople(search)] })
  return withoutRepeats(groups).filter(({ options }) => options.length > 0)
}

/** An address is listed once, where it comes first: a saved view can have the one of a page, or of the wider search. */
function withoutRepeats(groups: PaletteGroup[]): PaletteGroup[] {
  const listed = new Set<string>()
  return groups.map((group) => ({
    ...group,
    options: group.options.filter(({ href }) => !listed.has(href) && listed.add(href)),
  }))
}

const toAllPeople = (search: string): PaletteOption => ({
  href: `/people${formatQuery({ q: search })}`,
  label: `Search all people for “${isolateName(search)}”`,
  detail: '',
})

type Props = {
  id: string
  groups: PaletteGroup[]
  /** The place of the option that Enter opens, counted over all groups. */
  active: number
  optionId: (index: number) => string
  onChoose: (href: string) => void
  onOpen: (option: PaletteOption) => void
}

/** The listbox of the palette. Its options are links, so that they can be opened in another tab as well. */
export function PaletteOptions({ id, groups, active, optionId, onChoose, onOpen }: Props) {
  let index = 0
  return (
    <div id={id} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-1.5">
      {groups.map(({ title, Icon, options }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a listbox
        <div key={title ?? 'more'} role="group" aria-label={title ?? 'More'} className="pb-1.5">
          {title === null ? null : (
            <p aria-hidden className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">
              {title}
            </p>
          )}
          {options.map((option) => {
            const at = index++
            return (
              <Option
                key={option.href}
                id={optionId(at)}
                option={option}
                Icon={option.opens ? Keyboard : Icon}
                active={at === active}
                onChoose={onChoose}
                onOpen={onOpen}
              />
            )
          })}
        </div>
      ))}
    </div>
  )
}

type OptionProps = Pick<Props, 'onChoose' | 'onOpen'> & {
  id: string
  option: PaletteOption
  Icon: LucideIcon
  active: boolean
}

function Option({ id, option, Icon, active, onChoose, onOpen }: OptionProps) {
  const { href, label, detail, status = 'active', guest } = option
  const shared = {
    id,
    role: 'option',
    'aria-selected': active,
    tabIndex: -1,
    onClick: () => onOpen(option),
    onPointerMove: () => onChoose(href),
    className: joinClasses(
      'flex w-full scroll-my-8 items-start gap-2.5 rounded-md px-2.5 py-2 text-left',
      active && 'bg-accent-soft outline-2 -outline-offset-2 outline-accent',
    ),
  }
  const content = (
    <>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2.5">
        <Name of={label} className="font-medium wrap-anywhere" />
        {status === 'active' ? null : <Chip>{PERSON_STATUS_LABELS[status]}</Chip>}
        {guest ? <Chip>Guest</Chip> : null}
        {detail === '' ? null : <Name of={detail} className="text-sm wrap-anywhere text-ink-soft" />}
      </span>
      {active ? <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-accent" /> : null}
    </>
  )
  if (option.opens)
    return (
      <button type="button" {...shared}>
        {content}
      </button>
    )
  return (
    <Link href={href} prefetch={false} {...shared}>
      {content}
    </Link>
  )
}
