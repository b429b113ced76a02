import { NoArchive, readArchive } from './export-archive'

/** A public key that is trusted (Ed25519), as a JSON Web Key with its id. */
export type TrustedKey = { id: string; jwk: JsonWebKey; withdrawnAt: string | null }

/** What a proof says of the export that it is of, as far as a page shows it. */
export type ProvenExport = {
  list: string
  rows: number
  exportedAt: string
  by: string
  subscriptions: { name: string; id: string; publishedAt: string; run: string | null }[]
}

/**
 * What became of verifying an export: `changed` names the files that are not as they were signed, `unsigned` says that the
 * proof itself is not, `unknown_key` that it was signed with no key of this installation.
 */
export type Verdict =
  | { kind: 'verified'; export: ProvenExport; withdrawnAt: string | null }
  | { kind: 'changed'; files: string[] }
  | { kind: 'unsigned' | 'unknown_key' | 'no_export' | 'not_possible_here' }

/** What is beside the signed files and not among them. */
const BESIDE = ['proof.json', 'proof.json.sig', 'SHA256SUMS', 'SHA256SUMS.sig']

type ProofDocument = {
  form: string
  rows: number
  exported: { at: string; byName: string; byEmail: string | null; list: string }
  results: { subscription: { id: string; name: string }; publishedAt: string; run: { id: string } | null }[]
  files: { name: string; sha256: string; bytes: number }[]
  signature: { key: string }
}

/** Verifies an export, here and without sending it anywhere, by the keys of this installation. */
export async function verifyExport(archive: Blob, keys: readonly TrustedKey[]): Promise<Verdict> {
  try {
    const files = await readArchive(archive)
    const [proof, signature] = [await files.get('proof.json')?.(), await files.get('proof.json.sig')?.()]
    if (!proof || !signature) return { kind: 'no_export' }
    const document = readDocument(proof)
    const key = keys.find(({ id }) => id === document?.signature.key)
    if (!document) return { kind: 'unsigned' }
    if (!key) return { kind: 'unknown_key' }
    const isSigned = await isSignedWith(key, proof, signature)
    if (isSigned === null) return { kind: 'not_possible_here' }
    if (!isSigned) return { kind: 'unsigned' }
    const changed = await findChanged(files, document)
    return changed.length > 0
      ? { kind: 'changed', files: changed }
      : { kind: 'verified', export: summarise(document), withdrawnAt: key.withdrawnAt }
  } catch (error) {
    if (error instanceof NoArchive) return { kind: 'no_export' }
    throw error
  }
}

/** The proof, whose form is trusted only after its signature was verified. Null for what is not even JSON. */
function readDocument(proof: Uint8Array): ProofDocument | null {
  try {
    const read = JSON.parse(new TextDecoder().decode(proof))
    return typeof read?.signature?.key === 'string' ? read : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Null where the browser cannot tell: it does not know Ed25519, or the portal is opened without https. */
async function isSignedWith(
  { jwk }: TrustedKey,
  content: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean | null> {
  if (!globalThis.crypto?.subtle) return null
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signature, content)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') return null
    throw error
  }
}

async function findChanged(
  files: Map<string, () => Promise<Uint8Array<ArrayBuffer>>>,
  { files: signed }: ProofDocument,
): Promise<string[]> {
  const changed: string[] = []
  for (const { name, sha256 } of signed) {
    const read = files.get(name)
    const isSame = read ? (await digestOf(read)) === sha256 : false
    if (!isSame) changed.push(name)
  }
  const known = new Set([...signed.map(({ name }) => name), ...BESIDE])
  return [...changed, ...[...files.keys()].filter((name) => !known.has(name))]
}

/** The SHA-256 of a file in hex; null for one that is damaged. */
async function digestOf(read: () => Promise<Uint8Array<ArrayBuffer>>): Promise<string | null> {
  try {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await read()))
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  } catch (error) {
    if (error instanceof NoArchive) return null
    throw error
  }
}

const summarise = ({ exported, rows, results }: ProofDocument): ProvenExport => ({
  ...{ list: exported.list, rows, exportedAt: exported.at },
  by: exported.byEmail ? `${exported.byName} (${exported.byEmail})` : exported.byName,
  subscriptions: results.map(({ subscription, publishedAt, run }) => ({
    ...subscription,
    publishedAt,
    run: run?.id ?? null,
  })),
})
