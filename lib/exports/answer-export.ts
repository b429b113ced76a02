import type { SessionActor } from '@/db/actor'
import { getPreparedExport, readPreparedPiece } from '@/db/queries/prepared-exports'
import { NotFound } from '@/lib/actor'
import { EXPORT_FORMATS, type ExportFormat } from '@/lib/domain/vocabulary'
import { streamWithLease } from '@/lib/leases'
import { limit } from '@/lib/limits'
import { exportFileName, toCsvFile } from './csv'
import { exportFile, FILE_OF, streamOf } from './export-file'
import type { ListToExport } from './lists'
import { type Exporter, nameExport, openExport } from './open-export'
import { recordExport, recordTaken } from './record-export'

/** The format that an address asks for; a workbook when it asks for none that there is. */
const parseFormat = (text: string | null): ExportFormat => EXPORT_FORMATS.find((one) => one === text) ?? 'xlsx'

/** The answer to a request for an export: the list that its address asks for, in the format that it asks for. */
export async function answerExportAt(
  member: SessionActor & Exporter,
  { pathname, search, searchParams }: URL,
): Promise<Response> {
  const list = await openExport(member, pathname + search)
  return answerExport(member, list, parseFormat(searchParams.get('format')))
}

/**
 * A list as a file that a browser saves. It is counted, written down, and read as fast as the browser takes it. Throws
 * `TooMany` when the member, or everybody together, exports too much.
 */
async function answerExport(actor: SessionActor, exported: ListToExport, format: ExportFormat): Promise<Response> {
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
  const name = exportFileName(nameExport({ list, label }), at, ending)
  return new Response(file, { headers: headersOf(name, type) })
}

/** An export that was prepared for a member, read piece by piece as the browser takes it. Throws `NotFound` for one that is not done. */
export async function answerPrepared(actor: SessionActor, exportId: string): Promise<Response> {
  const prepared = await getPreparedExport(actor, exportId)
  if (prepared?.state !== 'done') throw new NotFound('There is no such export. It is kept for a day.')
  const { id, list, label, format, fileName, rows, bytes } = prepared
  async function* read() {
    let sent = 0
    for (let place = 0; sent < bytes; place += 1) {
      const piece = await readPreparedPiece(actor, id, place)
      if (!piece) throw new NotFound('The export was deleted while it was downloaded.')
      sent += piece.byteLength
      yield piece
    }
    await recordTaken(actor, { label, list, format }, rows)
  }
  const file = await streamWithLease('export_under_way', actor.memberId, () => streamOf(read()))
  return new Response(file, { headers: headersOf(fileName, FILE_OF[format].type, bytes) })
}

const headersOf = (fileName: string, type: string, bytes?: number) => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${fileName}"`,
  ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
})
