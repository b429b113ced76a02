import Link from 'next/link'
import { ShortId } from '@/components/ui/copyable'
import { spellControls } from '@/lib/domain/words'
import { ConnectionActionButtons } from './connection-actions'
import type { ConnectionActions } from './connection-menu'
import { ConnectionState, DataAge } from './connection-state'
import { IntegrationMark } from './integration-mark'
import { describePeople, type Tile } from './tile'

type Props = {
  tile: Tile
  /** What can be done to it; null for those who may only read. */
  actions: ConnectionActions | null
  /** One lower where the tiles stand below headings of their own. */
  heading?: 'h2' | 'h3'
}

/** One connected subscription: what it is, its state, and what can be done. A click anywhere on the tile opens it. */
export function ConnectionTile({ tile, actions, heading: Heading = 'h2' }: Props) {
  return (
    <li
      data-row
      className="relative grid min-w-0 grid-rows-[auto_1fr_auto] gap-3 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong"
    >
      <div className="flex min-w-0 gap-2.5">
        <IntegrationMark id={tile.integration} className="mt-0.5" />
        <div className="min-w-0">
          <Heading className="min-w-0 text-lg font-semibold tracking-tight">
            <Link
              href={tile.href}
              prefetch={false}
              dir="auto"
              title={tile.label}
              className="block truncate text-left after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
            >
              {spellControls(tile.label)}
            </Link>
          </Heading>
          {tile.subscriptionName && (
            <p dir="auto" title={tile.subscriptionName} className="truncate text-left text-sm text-ink-soft">
              {spellControls(tile.subscriptionName)}
            </p>
          )}
          <p className="flex min-w-0 items-center gap-1.5 text-sm text-ink-soft">
            {tile.tenantName ? (
              <span dir="auto" title={`Tenant ${tile.tenantId}`} className="min-w-0 truncate">
                {spellControls(tile.tenantName)}
              </span>
            ) : (
              <span className="relative whitespace-nowrap">
                Tenant <ShortId id={tile.tenantId} label="tenant ID" className="ml-0 min-h-6" />
              </span>
            )}
            <span aria-hidden className="text-ink-faint">
              ·
            </span>
            <ShortId id={tile.subscriptionId} label="subscription ID" className="min-h-6" />
          </p>
        </div>
      </div>
      <div className="self-end text-sm text-ink-soft tabular-nums">
        {tile.people === null ? null : <p>{describePeople(tile.people, tile)}</p>}
        {tile.changed?.href ? (
          <p>
            <Link href={tile.changed.href} prefetch={false} className="link relative">
              {tile.changed.words}
            </Link>{' '}
            since your last visit
          </p>
        ) : null}
      </div>
      <div className="-mb-1 border-t border-line pt-3">
        <ConnectionState tile={tile} />
        <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-2">
          <p className="text-sm text-ink-soft">
            {tile.readAt && 'Data read '}
            <DataAge readAt={tile.readAt} />
          </p>
          {actions ? (
            <div className="ml-auto">
              <ConnectionActionButtons tile={tile} actions={actions} />
            </div>
          ) : null}
        </div>
      </div>
    </li>
  )
}
