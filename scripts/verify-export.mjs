import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, inflateRawSync } from 'node:zlib'

/**
 * Verifies an export of Rolecall: `npm run verify -- <archive, workbook or unpacked folder> [--key <file in PEM, or address>]`.
 * It needs nothing but Node.js and nothing of the product, so that whoever is given an export can run this one file. Without
 * `--key` the public key is fetched from the portal that the proof names, and the address is shown: whoever verifies has to
 * know that it is the portal they trust.
 */

/** The largest file that is unpacked into memory, in bytes: the format counts them in four. */
const MOST_BYTES = 0xffff_ffff
/** Written after the proof, or not part of what is signed. */
const BESIDE = ['SHA256SUMS', 'SHA256SUMS.sig', 'proof.json.sig']

const END = 0x06054b50
const DIRECTORY = 0x02014b50

/** The files of a zip archive by their names (APPNOTE.TXT of PKWARE). Throws for one that is damaged. */
export function unpack(archive) {
  let end = archive.length - 22
  while (end >= 0 && archive.readUInt32LE(end) !== END) end -= 1
  if (end < 0) throw new Error('This is no archive.')
  // Nothing stands after it or between, so that no other program can find another end, and other files.
  const isEnd = end + 22 + archive.readUInt16LE(end + 20) === archive.length
  if (!isEnd || archive.readUInt32LE(end + 12) + archive.readUInt32LE(end + 16) !== end)
    throw new Error('The directory of the archive does not end the file.')
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  const files = new Map()
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== DIRECTORY) throw new Error('The directory of the archive is damaged.')
    const [crc, packed, bytes] = [16, 20, 24].map((place) => archive.readUInt32LE(at + place))
    const [named, extra, comment] = [28, 30, 32].map((place) => archive.readUInt16LE(at + place))
    const head = archive.readUInt32LE(at + 42)
    const name = archive.toString('utf8', at + 46, at + 46 + named)
    if (files.has(name)) throw new Error(`The archive has ${name} twice.`)
    const from = head + 30 + archive.readUInt16LE(head + 26) + archive.readUInt16LE(head + 28)
    const content = archive.subarray(from, from + packed)
    const isStored = archive.readUInt16LE(at + 10) === 0
    const file = isStored ? content : inflateRawSync(content, { maxOutputLength: Math.min(bytes + 1, MOST_BYTES) })
    if (file.length !== bytes || crc32(file) !== crc) throw new Error(`${name} is damaged.`)
    files.set(name, file)
    at += 46 + named + extra + comment
  }
  return files
}

/** The files of an archive, or of a folder into which one was unpacked. */
function readFiles(path) {
  if (!statSync(path).isDirectory()) return unpack(readFileSync(path))
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(names.map((name) => [relative(path, name).replaceAll(sep, '/'), readFileSync(name)]))
}

/**
 * What is wrong with an export, as sentences; none when it is as it was signed.
 *
 * @param files content by name
 * @param pem the public key that is trusted
 */
export function findFaults(files, pem) {
  const proof = files.get('proof.json')
  const signature = files.get('proof.json.sig')
  if (!proof || !signature) return ['There is no proof.json with a signature in it.']
  if (!verify(null, proof, createPublicKey(pem), signature)) return ['proof.json is not as it was signed.']
  const listed = JSON.parse(proof.toString('utf8')).files
  const faults = listed.flatMap(({ name, sha256, bytes }) => {
    const file = files.get(name)
    if (!file) return [`${name} is missing.`]
    const isSame = file.length === bytes && createHash('sha256').update(file).digest('hex') === sha256
    return isSame ? [] : [`${name} was changed.`]
  })
  const known = new Set([...listed.map(({ name }) => name), 'proof.json', ...BESIDE])
  const added = [...files.keys()].filter((name) => !known.has(name) && !name.endsWith('.pem'))
  return [...faults, ...added.map((name) => `${name} is not part of what was signed.`)]
}

/** The public key in PEM, from a file or an address. */
async function readKey(from) {
  if (!/^https?:/.test(from)) return readFileSync(from, 'utf8')
  const answer = await fetch(from)
  if (!answer.ok) throw new Error(`${from} answered with ${answer.status}. Give the public key with --key.`)
  return answer.text()
}

async function main([path, option, given]) {
  if (!path || (option && (option !== '--key' || !given))) {
    console.log('npm run verify -- <archive, workbook or folder> [--key <file or address>]')
    return 2
  }
  // npm runs its commands in the folder of the project, and says from where they were asked for.
  const files = readFiles(resolve(process.env.INIT_CWD ?? '.', path))
  const proof = JSON.parse(files.get('proof.json')?.toString('utf8') ?? 'null')
  if (!proof) throw new Error('There is no proof.json in it.')
  const { key, publicKeys } = proof.signature
  const from = given ?? `${publicKeys}/${key}.pem`
  const faults = findFaults(files, await readKey(from))
  for (const fault of faults) console.log(fault)
  if (faults.length > 0) {
    console.log('Not verified.')
    return 1
  }
  const { exported, rows, results } = proof
  console.log(`${exported.list}, ${rows} rows, exported at ${exported.at} by ${exported.byName}.`)
  for (const { subscription, publishedAt, run } of results)
    console.log(
      `${subscription.name} (${subscription.id}) as of ${publishedAt}, run ${run?.id ?? 'not known any more'}.`,
    )
  console.log(`Verified with the key from ${from}.`)
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    console.log(`${error.message}\nNot verified.`)
    return 1
  })
