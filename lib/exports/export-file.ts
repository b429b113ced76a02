import type { Actor } from '@/db/actor'
import { readDatabaseNow } from '@/db/queries/clock'
import type { ExportFormat } from '@/lib/domain/vocabulary'
import { toCsvFile } from './csv'
import { type Exported, makeProof, type Proof } from './proof'
import { proofSheets } from './proof-sheets'
import { openSigningKey } from './signing-keys'
import { type Cells, countRows, toJsonLines } from './table'
import { Workbook } from './workbook'
import { type PackedFile, Zip } from './zip'

/** What a browser is told of each, and how its name ends. */
export const FILE_OF: Record<ExportFormat, { ending: string; type: string }> = {
  xlsx: { ending: 'xlsx', type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
  csv: { ending: 'csv.zip', type: 'application/zip' },
  jsonl: { ending: 'jsonl.zip', type: 'application/zip' },
}

type Asked = Omit<Exported, 'format'> & { format: ExportFormat; cells: Cells }

/**
 * A list as a file with what proves it, read and written piece by piece as the browser takes it: nothing of its rows is
 * kept. `finished` is told how many rows it has once the last byte was taken.
 */
export function exportFile(
  actor: Actor,
  asked: Asked,
  finished: (rows: number) => Promise<void> = async () => {},
): ReadableStream<Uint8Array> {
  return streamOf(write(actor, asked, finished))
}

/** A stream of what a generator gives. What is no longer read ends the generator, and with it the reading. */
export function streamOf(bytes: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await bytes.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await bytes.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}

async function* write(
  actor: Actor,
  asked: Asked,
  finished: (rows: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const zip = new Zip()
  const counted = countRows(asked.cells)
  const book = asked.format === 'xlsx' ? new Workbook(zip) : null
  const files: PackedFile[] = book ? yield* book.begin() : []
  if (book) files.push(...(yield* book.sheet(counted.cells)))
  else
    files.push(
      yield* zip.add(`${asked.list.replaceAll(' ', '-')}.${asked.format}`, bodyOf(asked.format, counted.cells)),
    )

  const key = await openSigningKey()
  const proof = await makeProof(actor, asked, {
    at: await readDatabaseNow(),
    rows: counted.rows(),
    files,
    keyId: key.id,
  })
  if (book) {
    for (const sheet of proofSheets(proof)) files.push(...(yield* book.sheet(sheet)))
    files.push(...(yield* book.end()))
  }
  files.push(yield* zip.add('VERIFY.txt', encode(howToVerify(proof))))
  const document = encode(`${JSON.stringify({ ...proof, files }, null, 2)}\n`)
  const proven = yield* zip.add('proof.json', document)
  const sums = encode([...files, proven].map(({ sha256, name }) => `${sha256}  ${name}\n`).join(''))
  yield* zip.add('SHA256SUMS', sums)
  yield* zip.add('SHA256SUMS.sig', [key.sign(Buffer.concat(sums))])
  // The proof has a signature of its own too, so that it can be filed without the rows.
  yield* zip.add('proof.json.sig', [key.sign(Buffer.concat(document))])
  yield zip.end()
  await finished(counted.rows())
}

const bodyOf = (format: ExportFormat, cells: Cells) => (format === 'csv' ? toCsvFile(cells) : toJsonLines(cells))

const encode = (text: string): Uint8Array[] => [new TextEncoder().encode(text)]

const howToVerify = ({ signature }: Proof): string => `How to verify this export

With the product: Settings, Exports; or, in a copy of its source,
    npm run verify -- <this archive>

With tools that are on every machine, in the folder into which the archive was unpacked:
    curl --output key.pem ${signature.publicKeys}/${signature.key}.pem
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
    sha256sum --check SHA256SUMS

The second line shows that this installation of Rolecall has signed the sums, the third that every file is as it was then.
proof.json says what the rows are, from which requests, and what they leave out.
`
