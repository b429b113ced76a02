import { CircleCheck, CircleX, Clock, Download } from 'lucide-react'
import { buttonClasses } from '@/components/ui/button'
import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import { PREPARED_EXPORT_HOURS } from '@/lib/domain/retention'
import type { ExportFormat, PreparedState } from '@/lib/domain/vocabulary'
import { EXPORT_FORMAT_LABELS, isolateName } from '@/lib/domain/words'

type Prepared = {
  id: string
  list: string
  label: string
  format: ExportFormat
  state: PreparedState
  rows: number
  bytes: number
  problem: string | null
  requestedAt: Date
}

type Props = { exports: Prepared[]; discard: (exportId: string) => Promise<void> }

/** The exports that are prepared for the reader, with how far each is. Nothing where there are none. */
export function PreparedExports({ exports, discard }: Props) {
  if (exports.length === 0) return null
  return (
    <section aria-labelledby="prepared-exports" className="mb-8">
      <h2 id="prepared-exports" className="text-lg font-semibold">
        Prepared exports
      </h2>
      <p className="mt-1 mb-4 max-w-2xl text-ink-soft">
        Only you see these. Each is deleted {PREPARED_EXPORT_HOURS} hours after it was asked for.
      </p>
      <Table caption="Exports prepared for you">
        <Thead>
          <Th className="tabular:w-[28%]">Export</Th>
          <Th>Asked for</Th>
          <Th className="tabular:w-[34%]">State</Th>
          <Th>
            <span className="sr-only">Download or delete</span>
          </Th>
        </Thead>
        <Tbody>
          {exports.map((one) => (
            <Tr key={one.id}>
              <RowTh>
                {isolateName(one.label)}, {one.list}
                <span className="block text-sm font-normal text-ink-soft">{EXPORT_FORMAT_LABELS[one.format]}</span>
              </RowTh>
              <Td label="Asked for" className="text-ink-soft">
                <RelativeTime at={one.requestedAt} />
              </Td>
              <Td label="State">
                <State of={one} />
              </Td>
              <Td>
                <div className="flex flex-wrap items-center gap-2 tabular:justify-end">
                  {one.state === 'done' ? (
                    <a href={`/settings/exports/${one.id}/file`} download className={buttonClasses({ size: 'sm' })}>
                      <Download aria-hidden />
                      Download<span className="sr-only"> the export of {one.label}</span>
                    </a>
                  ) : null}
                  <form action={discard.bind(null, one.id)}>
                    <SubmitButton
                      size="sm"
                      variant="ghost"
                      pendingLabel="Deleting…"
                      aria-label={`Delete the export of ${one.label}`}
                    >
                      {one.state === 'queued' || one.state === 'running' ? 'Stop' : 'Delete'}
                    </SubmitButton>
                  </form>
                </div>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  )
}

const LOOKS = {
  queued: { Icon: Clock, word: 'Waiting for a worker', tone: 'text-ink-soft' },
  running: { Icon: Clock, word: 'Being written', tone: 'text-accent' },
  done: { Icon: CircleCheck, word: 'Ready', tone: 'text-good' },
  failed: { Icon: CircleX, word: 'Failed', tone: 'text-bad' },
} as const

function State({ of: { state, rows, bytes, problem } }: { of: Prepared }) {
  const { Icon, word, tone } = LOOKS[state]
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 font-medium ${tone}`}>
        <Icon aria-hidden className="size-4" />
        {word}
      </span>
      <p className="text-ink-soft tabular-nums">
        {state === 'failed' ? `${problem} Nothing is kept of it. Ask for it again from its list.` : null}
        {state === 'running' ? `${rows.toLocaleString('en')} rows so far` : null}
        {state === 'done' ? `${rows.toLocaleString('en')} rows, ${sizeWords(bytes)}` : null}
      </p>
    </>
  )
}

/** A size as people say it: `340 kB`, `12 MB`. */
function sizeWords(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${Math.round(bytes / 1_000_000)} MB`
}
