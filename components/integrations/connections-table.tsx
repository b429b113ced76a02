import Link from 'next/link'
import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { ConnectionActionButtons } from './connection-actions'
import type { ConnectionActions } from './connection-menu'
import { ConnectionState, DataAge } from './connection-state'
import { describeGranting, type Tile } from './tile'

type Props = {
  caption: string
  tiles: Tile[]
  /** What can be done to each; null for those who may only read. */
  actions: ConnectionActions | null
}

/** Connected subscriptions, a row each: what a tile says, in columns that can be compared. */
export function ConnectionsTable({ caption, tiles, actions }: Props) {
  return (
    <Table caption={caption} layout="fleet">
      <Thead>
        <Th area="name" className="tabular:w-[25%]">
          Name
        </Th>
        <Th area="state">State</Th>
        <Th area="read" line="over" className="tabular:w-[11%]">
          Data read
        </Th>
        <Th area="people" line="over" className="tabular:w-[8%] tabular:text-right">
          People
        </Th>
        <Th area="granting" line="under" className="tabular:w-[10%] tabular:text-right">
          Can grant access
        </Th>
        <Th area="changed" line="under" className="tabular:w-[13%]">
          Changed since your visit
        </Th>
        {actions && (
          <Th area="actions" className="tabular:w-39">
            <span className="sr-only">Actions</span>
          </Th>
        )}
      </Thead>
      <Tbody>
        {tiles.map((tile) => (
          <Tr key={tile.id}>
            <RowTh area="name">
              <Link href={tile.href} prefetch={false} className="link">
                <Name of={tile.label} />
              </Link>
              <Subscription tile={tile} />
            </RowTh>
            <Td area="state">
              <ConnectionState tile={tile} />
            </Td>
            <Td area="read" line="over" label="Data read" className="text-ink-soft">
              <DataAge readAt={tile.readAt} />
            </Td>
            <NumberTd area="people" line="over" label="People">
              {tile.people === null ? '–' : tile.people.toLocaleString('en')}
              {tile.unread > 0 && <span className="block">{tile.unread.toLocaleString('en')} not read now</span>}
            </NumberTd>
            <NumberTd area="granting" line="under" label="Can grant access">
              {tile.people === null ? '–' : describeGranting(tile.canGrant)}
            </NumberTd>
            <Td area="changed" line="under" label="Changed since your visit" className="text-ink-soft tabular-nums">
              <Changed changed={tile.changed} />
            </Td>
            {actions && (
              <Td area="actions">
                <ConnectionActionButtons tile={tile} actions={actions} />
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

type NumberTdProps = { area: string; line: 'over' | 'under'; label: string; children: ReactNode }

const NumberTd = (props: NumberTdProps) => <Td className="text-ink-soft tabular-nums tabular:text-right" {...props} />

/** Which subscription of which tenant a row is about. */
function Subscription({ tile: { subscriptionName, subscriptionId, tenantId, tenantName } }: { tile: Tile }) {
  return (
    <>
      {subscriptionName && (
        <p className="font-normal text-ink-soft">
          <Name of={subscriptionName} />
        </p>
      )}
      <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 font-normal text-ink-soft">
        {tenantName ? <Name of={tenantName} /> : <ShortId id={tenantId} label="tenant ID" className="min-h-6" />}
        <span aria-hidden className="text-ink-faint">
          ·
        </span>
        <ShortId id={subscriptionId} label="subscription ID" className="min-h-6" />
      </p>
    </>
  )
}

function Changed({ changed }: Pick<Tile, 'changed'>) {
  if (!changed?.href) return changed?.words ?? 'First visit'
  return (
    <Link href={changed.href} prefetch={false} className="link">
      {changed.words}
    </Link>
  )
}
