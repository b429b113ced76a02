import { Chip, type ChipTone } from '@/components/ui/chip'
import { RowTh, Table, Td, Th } from '@/components/ui/table'
import type { CapabilityState, CatalogueEntry } from '@/lib/domain/catalogue'

const STATES: Record<CapabilityState, { word: string; tone: ChipTone }> = {
  synced: { word: 'Synced', tone: 'good' },
  partly: { word: 'Partly', tone: 'warn' },
  not_yet: { word: 'Not yet', tone: 'neutral' },
}

/** For each kind of data: whether it is read, what of it, and which permission that takes. */
export function CapabilitiesTable({ entry }: { entry: CatalogueEntry }) {
  return (
    <Table caption={`Integration capabilities of ${entry.name}`}>
      <thead>
        <tr>
          <Th>Data</Th>
          <Th>{entry.name}</Th>
          <Th>What is read</Th>
          <Th>Permission</Th>
        </tr>
      </thead>
      <tbody>
        {entry.capabilities.map((capability) => {
          const { word, tone } = STATES[capability.state]
          return (
            <tr key={capability.data}>
              <RowTh className="whitespace-nowrap">{capability.data}</RowTh>
              <Td>
                <Chip tone={tone}>{word}</Chip>
              </Td>
              <Td className="min-w-60 text-ink-soft">{capability.fields}</Td>
              <Td className="min-w-60 text-ink-soft">{capability.permission}</Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}
