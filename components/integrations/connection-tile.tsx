import Link from 'next/link'
import { StatusMark } from '@/components/access/status-mark'
import { ShortId } from '@/components/ui/copyable'
import type { ConnectionStatus } from '@/lib/domain/connection-status'
import type { SignalCount } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import { type ConnectionActions, ConnectionMenu } from './connection-menu'

export type Tile = {
  id: string
  href: string
  label: string
  subscriptionName: string
  subscriptionId: string
  tenantId: string
  /** The tenant's name; its ID is shown where the name is not known. */
  tenantName: string | null
  /** How many people have access; null before the first result. */
  people: number | null
  /** Who can grant access in the whole subscription. */
  canGrant: SignalCount
  /** Of whom nothing could be read at the last sync, so that an earlier reading stands in. */
  unread: number
  /** What changed since the reader was here before, in words, with the address of these changes; null when nothing did. */
  changed: { words: string; href: string } | null
  status: ConnectionStatus
}

type Props = {
  tile: Tile
  /** What can be done to it; null for those who may only read. */
  actions: ConnectionActions | null
  /** One lower where the tiles stand below headings of their own. */
  heading?: 'h2' | 'h3'
}

/** One connected subscription: what it is, its state, and what can be done. A click anywhere on the tile opens it. */
export function ConnectionTile({ tile, actions, heading: Heading = 'h2' }: Props) {
  const { status } = tile

  return (
    <li className="relative grid min-w-0 grid-rows-[auto_1fr_auto] gap-3 rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong">
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
        <p dir="auto" title={tile.subscriptionName} className="truncate text-left text-sm text-ink-soft">
          {spellControls(tile.subscriptionName)}
        </p>
        <p className="flex min-w-0 items-center gap-1.5 text-sm text-ink-soft">
          {tile.tenantName ? (
            <span dir="auto" title={`Tenant ${tile.tenantId}`} className="min-w-0 truncate">
              {spellControls(tile.tenantName)}
            </span>
          ) : (
            <span className="relative whitespace-nowrap">
              Tenant <ShortId id={tile.tenantId} label="tenant ID" className="ml-0" />
            </span>
          )}
          <span aria-hidden className="text-ink-faint">
            ·
          </span>
          <ShortId id={tile.subscriptionId} label="subscription ID" className="relative" />
        </p>
      </div>
      <div className="self-end text-sm text-ink-soft tabular-nums">
        <p>{countPeople(tile)}</p>
        {tile.changed ? (
          <p>
            <Link href={tile.changed.href} prefetch={false} className="link relative">
              {tile.changed.words}
            </Link>{' '}
            since your last visit
          </p>
        ) : null}
      </div>
      <div className="-mb-1 flex min-h-8 items-center justify-between gap-2 border-t border-line pt-3">
        <StatusMark status={status} className="text-sm" />
        {actions ? (
          <div className="relative">
            <ConnectionMenu
              connection={{
                id: tile.id,
                label: tile.label,
                disconnected: status.state === 'disconnected',
                syncing: status.state === 'syncing',
              }}
              actions={actions}
              openHref={tile.href}
            />
          </div>
        ) : null}
      </div>
    </li>
  )
}

function countPeople({ people, canGrant, unread }: Pick<Tile, 'people' | 'canGrant' | 'unread'>): string {
  if (people === null) return 'No result yet'
  const counted = people === 1 ? '1 person' : `${people.toLocaleString('en')} people`
  const parts = [counted, `${describeGranting(canGrant)} can grant access`]
  if (unread > 0) parts.push(`${unread.toLocaleString('en')} not read now`)
  return parts.join(' · ')
}

/** Whoever can grant access, people first: `12 and 3 others`. */
function describeGranting({ people, others }: SignalCount): string {
  if (people + others === 0) return 'none'
  const count = people.toLocaleString('en')
  if (others === 0) return count
  return `${count} and ${others === 1 ? '1 other' : `${others.toLocaleString('en')} others`}`
}
