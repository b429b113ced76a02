import type { SessionActor } from '@/db/actor'
import { streamWithLease } from '@/lib/leases'
import { limit } from '@/lib/limits'
import { exportFileName, toCsvFile } from './csv'
import { EXPORT_FORMATS, type ExportFormat, exportFile, FILE_OF, streamOf } from './export-file'
import type { ListToExport } from './lists'
import { recordExport, recordTaken } from './record-export'

/** The format that an address asks for; a workbook when it asks for none that there is. */
export const parseFormat = (text: string | null): ExportFormat => EXPORT_FORMATS.find((one) => one === text) ?? 'xlsx'

/**
 * A list as a file that a browser saves. It is counted, written down, and read as fast as the browser takes it. Throws
 * `TooMany` when the member, or everybody together, exports too much.
 */
export async function answerExport(
  actor: SessionActor,
  exported: ListToExport,
  format: ExportFormat,
): Promise<Response> {
  const { ending, type } = FILE_OF[format]
  const open = (finished: (rows: number) => Promise<void>) => exportFile(actor, { ...exported, format }, finished)
  return answer(actor, exported, { format, ending, type, open })
}

/** The rows of a list alone, as one CSV file without what proves it: for programs that read it again and again. */
export async function answerPlainCsv(actor: SessionActor, exported: ListToExport): Promise<Response> {
  const open = () => streamOf(toCsvFile(exported.cells))
  return answer(actor, exported, { format: 'csv alone', ending: 'csv', type: 'text/csv; charset=utf-8', open })
}

type File = {
  format: string
  ending: string
  type: string
  open: (finished: (rows: number) => Promise<void>) => ReadableStream<Uint8Array>
}

async function answer(
  actor: SessionActor,
  { label, list, at, filters }: ListToExport,
  { format, ending, type, open }: File,
): Promise<Response> {
  await limit('export', actor.memberId)
  const recorded = { label, list, format }
  await recordExport(actor, { ...recorded, filters })
  const file = await streamWithLease('export_under_way', actor.memberId, () =>
    open((rows) => recordTaken(actor, recorded, rows)),
  )
  const name = exportFileName(list === 'people' ? label : `${label} ${list}`, at, ending)
  return new Response(file, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  })
}
