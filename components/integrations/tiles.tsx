import Link from 'next/link'
import { type ReactNode, useId } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Name } from '@/components/ui/name'
import type { CatalogueEntry } from '@/lib/domain/catalogue'
import type { TileTab } from '@/lib/domain/views'
import { attentionWords } from '@/lib/domain/words'
import { IntegrationMark } from './integration-mark'

/** Tiles side by side, as many as fit. Those of one row are equally high. */
export function TileGrid({ children }: { children: ReactNode }) {
  return <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-4">{children}</ul>
}

type FleetGroupProps = {
  /** Empty where it is not known in which group its connections are. */
  name: string
  /** The group's own page, where it has one. */
  href?: string
  subscriptions: number
  attention: number
  children: ReactNode
}

/** The connections of one account or management group, with how many there are on all pages. */
export function FleetGroup({ name, href, subscriptions, attention, children }: FleetGroupProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="mb-8">
      <div className="mb-3 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} className="min-w-0 text-lg font-semibold tracking-tight break-words">
          {!name ? (
            'Management group not known'
          ) : href ? (
            <Link href={href} prefetch={false} className="hover:underline">
              <Name of={name} />
            </Link>
          ) : (
            <Name of={name} />
          )}
        </h2>
        <p className="text-sm text-ink-soft tabular-nums">
          {subscriptions.toLocaleString('en')} {subscriptions === 1 ? 'subscription' : 'subscriptions'}
          {attention > 0 && `, ${attentionWords(attention)}`}
        </p>
      </div>
      {children}
    </section>
  )
}

type CatalogueProps = { entry: CatalogueEntry; connected: number; mayConnect: boolean }

/** Something that can be connected: what it answers, what it reads, how many are connected, and the button that connects. */
export function CatalogueTile({ entry, connected, mayConnect }: CatalogueProps) {
  return (
    <li className="grid min-w-0 grid-rows-[auto_1fr_auto] gap-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex min-w-0 gap-2.5">
        <IntegrationMark id={entry.id} className="mt-0.5" />
        <div className="min-w-0">
          <h2 className="text-lg font-semibold tracking-tight">{entry.name}</h2>
          <p className="text-sm text-ink-soft">{entry.summary}</p>
        </div>
      </div>
      <p className="self-end text-sm text-ink-soft">
        <span className="text-ink-faint">Syncs </span>
        {entry.syncs.toLowerCase()}
      </p>
      <div className="-mb-1 flex min-h-8 flex-wrap items-center justify-between gap-2 border-t border-line pt-3">
        <p className="text-sm text-ink-soft tabular-nums">{describeConnected(entry, connected)}</p>
        <ConnectLink entry={entry} mayConnect={mayConnect} />
      </div>
    </li>
  )
}

/** The same in one line, above a list of connections. */
export function CatalogueLine({ entry, connected, mayConnect }: CatalogueProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-surface px-4 py-2.5">
      <IntegrationMark id={entry.id} />
      <h2 className="font-semibold">{entry.name}</h2>
      <p className="min-w-0 flex-1 basis-60 text-sm text-ink-soft">{entry.summary}</p>
      <p className="text-sm text-ink-soft tabular-nums">{describeConnected(entry, connected)}</p>
      <ConnectLink entry={entry} mayConnect={mayConnect} />
    </li>
  )
}

const describeConnected = ({ unit }: CatalogueEntry, connected: number): string =>
  connected === 0 ? `No ${unit} connected` : `${connected.toLocaleString('en')} connected`

function ConnectLink({ entry, mayConnect }: Pick<CatalogueProps, 'entry' | 'mayConnect'>) {
  if (!mayConnect) return <p className="text-sm text-ink-faint">Owners and admins connect</p>
  return (
    <ButtonLink href={entry.connectHref} variant="primary" size="sm" aria-label={`Connect ${entry.name}`}>
      Connect
    </ButtonLink>
  )
}

type EmptyStateProps = { tab: TileTab; search: string; narrowed: boolean; mayConnect: boolean; hasAny: boolean }

/** Why there is no tile: the search finds none, nothing needs attention, or nothing is connected yet. */
export function TilesEmptyState(props: EmptyStateProps) {
  return (
    <li className="grid sm:min-h-44 [&:only-child]:col-span-full">
      <Reason {...props} />
    </li>
  )
}

function Reason({ tab, search, narrowed, mayConnect, hasAny }: EmptyStateProps) {
  if (search)
    return (
      <EmptyState
        title={<>Nothing found for “{search}”</>}
        action={<ButtonLink href="/integrations">Show all</ButtonLink>}
        className="content-center"
      >
        Search looks at labels, subscription names and IDs, tenants, accounts and management groups.
      </EmptyState>
    )
  if (narrowed && hasAny)
    return (
      <EmptyState
        title="No subscription is in this state now"
        action={<ButtonLink href="/integrations">Show all</ButtonLink>}
        className="content-center"
      >
        States change while subscriptions are synced.
      </EmptyState>
    )
  if (tab === 'attention')
    return (
      <EmptyState title="Nothing needs attention" className="content-center">
        {hasAny
          ? 'Every connection was read on time, and none waits for anybody.'
          : 'No subscription is connected yet.'}
      </EmptyState>
    )
  return (
    <EmptyState
      title="No subscription is connected yet"
      className="content-center py-6"
      action={
        mayConnect && tab !== 'all' ? (
          <ButtonLink href="/integrations/azure/connect" variant="primary">
            Connect Microsoft Azure
          </ButtonLink>
        ) : null
      }
    >
      {mayConnect
        ? 'Each one you connect gets a tile of its own here.'
        : 'An owner or admin of your organisation can connect one.'}
    </EmptyState>
  )
}
