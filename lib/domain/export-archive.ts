/**
 * The files of an export that somebody gives to be verified. It is read piece by piece where it lies, so that a browser needs
 * no more memory for it than for its largest file. (APPNOTE.TXT of PKWARE: the directory at the end, then each file.)
 */
export async function readArchive(archive: Blob): Promise<Map<string, () => Promise<Uint8Array<ArrayBuffer>>>> {
  const end = await readEnd(archive)
  const directory = await viewOf(archive, end.at, end.at + end.bytes)
  const files = new Map<string, () => Promise<Uint8Array<ArrayBuffer>>>()
  let at = 0
  for (let index = 0; index < end.files; index++) {
    if (directory.getUint32(at, true) !== FILE_IN_DIRECTORY) throw new NoArchive()
    const [method, named, extra, comment] = [10, 28, 30, 32].map((place) => directory.getUint16(at + place, true))
    const [packed = 0, bytes = 0] = [20, 24].map((place) => directory.getUint32(at + place, true))
    const head = directory.getUint32(at + 42, true)
    const name = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, named))
    // Of two files of one name programs disagree which one it is.
    if (files.has(name)) throw new NoArchive()
    files.set(name, () => readFile(archive, { head, packed, bytes, isStored: method === 0 }))
    at += 46 + (named ?? 0) + (extra ?? 0) + (comment ?? 0)
  }
  return files
}

/** What was given is no archive, or a damaged one. */
export class NoArchive extends Error {
  override name = 'NoArchive'
  constructor() {
    super('This is no export, or it is damaged.')
  }
}

const END = 0x06054b50
const FILE_IN_DIRECTORY = 0x02014b50
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff

async function readEnd(archive: Blob) {
  const tail = await viewOf(archive, Math.max(0, archive.size - END_BYTES - LONGEST_COMMENT), archive.size)
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--)
    if (tail.getUint32(at, true) === END) {
      const [bytes, directory] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)]
      // Nothing stands after it or between, so that no other program can find another end, and other files.
      const isEnd = at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength
      if (!isEnd || archive.size - tail.byteLength + at !== directory + bytes) throw new NoArchive()
      return { files: tail.getUint16(at + 10, true), bytes, at: directory }
    }
  throw new NoArchive()
}

type Entry = { head: number; packed: number; bytes: number; isStored: boolean }

async function readFile(archive: Blob, { head, packed, bytes, isStored }: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const view = await viewOf(archive, head, head + 30)
  const from = head + 30 + view.getUint16(26, true) + view.getUint16(28, true)
  const content = archive.slice(from, from + packed)
  const file = isStored ? await content.arrayBuffer() : await inflate(content, bytes)
  if (file.byteLength !== bytes) throw new NoArchive()
  return new Uint8Array(file)
}

/** What is compressed, in the clear, as long as it is not longer than was said: else a small file could fill the memory. */
async function inflate(content: Blob, bytes: number): Promise<ArrayBuffer> {
  const file = new Uint8Array(bytes)
  let at = 0
  const reader = content.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (at + read.value.byteLength > bytes) throw new NoArchive()
      file.set(read.value, at)
      at += read.value.byteLength
    }
  } catch (error) {
    // A stream that is damaged ends with a TypeError.
    if (error instanceof TypeError) throw new NoArchive()
    throw error
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  return file.buffer.slice(0, at)
}

async function viewOf(archive: Blob, from: number, to: number): Promise<DataView<ArrayBuffer>> {
  const bytes = await archive.slice(from, to).arrayBuffer()
  if (bytes.byteLength !== to - from) throw new NoArchive()
  return new DataView(bytes)
}
