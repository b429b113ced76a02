import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

/** What became of a file of an archive: its name, its length in bytes and its SHA-256 in hex, before it was compressed. */
export type PackedFile = { name: string; bytes: number; sha256: string }

type Entry = PackedFile & { crc: number; packed: number; at: number }

const DEFLATED = 8
/** Sums and lengths come after the content (bit 3), and names are UTF-8 (bit 11). */
const FLAGS = 0x0808
const VERSION = 20
/** What four bytes can count. The format for more is not read by every program that opens workbooks. */
const MOST = 0xffff_ffff
/** The bytes of which every archive of ours says that it was made at the same time: the time stands in the proof. */
const MADE = { time: 0, date: 0x0021 } // 1 January 1980, the earliest that the format knows

/**
 * Writes an archive as a stream: each file is compressed as its content arrives, and nothing of it is kept but its sums.
 * (APPNOTE.TXT of PKWARE, 4.3; without ZIP64, so that a file or an archive of 4 GiB is an error.)
 */
export class Zip {
  private entries: Entry[] = []
  private at = 0

  /** The bytes of one file, to be passed on as they come. Its sums are what the generator returns. */
  async *add(
    name: string,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, PackedFile> {
    const entry: Entry = { name, bytes: 0, sha256: '', crc: 0, packed: 0, at: this.at }
    yield this.pass(headOf(entry, false))
    const hash = createHash('sha256')
    async function* measure() {
      for await (const chunk of content) {
        entry.bytes += chunk.byteLength
        entry.crc = crc32(chunk, entry.crc)
        hash.update(chunk)
        yield chunk
      }
    }
    const deflate = createDeflateRaw({ level: 6 })
    // An error of the content ends the compression with it, and so reaches whoever reads this.
    const compressed = pipeline(Readable.from(measure(), { objectMode: true, highWaterMark: 1 }), deflate)
    compressed.catch(() => undefined)
    for await (const chunk of deflate) {
      entry.packed += chunk.byteLength
      yield this.pass(chunk)
    }
    await compressed
    if (entry.bytes > MOST || this.at > MOST) throw new Error('The file is too large for an archive.')
    entry.sha256 = hash.digest('hex')
    yield this.pass(sumsOf(entry))
    this.entries.push(entry)
    return { name, bytes: entry.bytes, sha256: entry.sha256 }
  }

  /** The directory of the archive, which is its end. */
  end(): Uint8Array {
    const directory = Buffer.concat(this.entries.map((entry) => headOf(entry, true)))
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(this.entries.length, 8)
    end.writeUInt16LE(this.entries.length, 10)
    end.writeUInt32LE(directory.byteLength, 12)
    end.writeUInt32LE(this.at, 16)
    return Buffer.concat([directory, end])
  }

  private pass(chunk: Uint8Array): Uint8Array {
    this.at += chunk.byteLength
    return chunk
  }
}

/** The head of a file, before its content or in the directory. */
function headOf({ name, crc, packed, bytes, at }: Entry, inDirectory: boolean): Uint8Array {
  const named = Buffer.from(name)
  const head = Buffer.alloc(inDirectory ? 46 : 30)
  head.writeUInt32LE(inDirectory ? 0x02014b50 : 0x04034b50, 0)
  let next = 4
  const two = (value: number) => {
    next = head.writeUInt16LE(value, next)
  }
  const four = (value: number) => {
    next = head.writeUInt32LE(value, next)
  }
  if (inDirectory) two(VERSION)
  for (const value of [VERSION, FLAGS, DEFLATED, MADE.time, MADE.date]) two(value)
  for (const value of [crc, packed, bytes]) four(inDirectory ? value : 0)
  two(named.byteLength)
  two(0)
  if (inDirectory) head.writeUInt32LE(at, 42)
  return Buffer.concat([head, named])
}

/** The sums of a file, after its content. */
function sumsOf({ crc, packed, bytes }: Entry): Uint8Array {
  const sums = Buffer.alloc(16)
  for (const [place, value] of [0x08074b50, crc, packed, bytes].entries()) sums.writeUInt32LE(value, place * 4)
  return sums
}
