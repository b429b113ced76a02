import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSigningKeys } from '@/db/queries/signing-keys'
import { connections } from '@/db/schema/connections'
import { signingKeys } from '@/db/schema/signing-keys'
import { readArchive } from '@/lib/domain/export-archive'
import { verifyExport } from '@/lib/domain/verify-export'
import { parseAccessView } from '@/lib/domain/views'
import type { ExportFormat } from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { exportFile } from './export-file'
import { accessList } from './lists'
import { describeKey } from './public-keys'

// The key that exports are signed with is sealed.
vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
vi.stubEnv('ENCRYPTION_KEYS', `k1:${randomBytes(32).toString('base64')}`)

const database = await createTestDatabase()
afterAll(() => database.close())

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ['Ada', '=HYPERLINK("https://evil.example")', 'Zoë <b> & "Ó" _x0041_']

async function startWorld() {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  await world.publishedRun(connection.id, {})
  const reader = await world.role('Reader')
  for (const name of NAMES) {
    const person = await world.principal({ name, status: name === 'Ada' ? 'invited' : 'active' })
    await world.assign(connection.id, { to: person, role: reader })
    await world.holder(connection.id, person, reader)
  }
  return { ...world, connection: { ...connection, label: 'Production', createdAt: new Date(), publishedRun: null } }
}

/** Writes an export into the folder of the test and unpacks it there with a program that is not ours. */
async function unpack(
  { actor, connection }: Awaited<ReturnType<typeof startWorld>>,
  format: ExportFormat,
  asked: Record<string, string> = {},
): Promise<string> {
  const list = accessList(actor, connection, parseAccessView(asked), 'people')
  const file = join(folder, `export.${format}`)
  writeFileSync(file, await new Response(exportFile(actor, { ...list, format })).bytes())
  python(
    `import zipfile, sys
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    archive.extractall(sys.argv[2])`,
    [file, folder],
  )
  return file
}

/** A moment of a workbook: days since 30 December 1899, with a fraction. */
const toMoment = (days: number) => new Date(Math.round((days - 25_569) * 86_400_000)).toISOString()

const python = (program: string, args: string[]): string =>
  execFileSync('python3', ['-c', program, ...args], { encoding: 'utf8', stdio: 'pipe' })

/** What other people's tools say of the unpacked files: null when they accept them. */
function refusalOf(tool: 'sha256sum' | 'openssl', signed = 'SHA256SUMS'): string | null {
  const commands = {
    sha256sum: ['--check', '--strict', 'SHA256SUMS'],
    openssl: [
      ...['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin'],
      ...['-in', signed, '-sigfile', `${signed}.sig`],
    ],
  }
  try {
    execFileSync(tool, commands[tool], { cwd: folder, stdio: 'pipe' })
    return null
  } catch (error) {
    return String(error)
  }
}

async function saveKey(): Promise<void> {
  const [key] = await readSigningKeys()
  writeFileSync(join(folder, 'key.pem'), key?.publicKey ?? '')
}

const readProof = () => JSON.parse(readFileSync(join(folder, 'proof.json'), 'utf8'))

/** Changes one bit of a file. */
function spoil(name: string): void {
  const bytes = readFileSync(join(folder, name))
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
  writeFileSync(join(folder, name), bytes)
}

test.each([
  ['csv', 'people.csv'],
  ['jsonl', 'people.jsonl'],
  ['xlsx', 'xl/worksheets/sheet1.xml'],
] as const)(
  'an export as %s is verified by sha256sum and openssl, and refused after a bit was changed',
  async (format, data) => {
    await unpack(await startWorld(), format)
    await saveKey()
    expect([refusalOf('sha256sum'), refusalOf('openssl'), refusalOf('openssl', 'proof.json')]).toEqual([
      null,
      null,
      null,
    ])

    spoil(data)
    expect(refusalOf('sha256sum')).not.toBeNull()
    spoil(data)
    for (const signed of ['SHA256SUMS', 'proof.json']) {
      spoil(signed)
      expect(refusalOf('openssl', signed)).not.toBeNull()
      spoil(signed)
    }
    spoil('SHA256SUMS.sig')
    expect(refusalOf('openssl')).not.toBeNull()
  },
)

test('a workbook is opened by another program, with typed cells, all names as they are, and the proof beside them', async () => {
  const file = await unpack(await startWorld(), 'xlsx')
  const sheets: { name: string; rows: { text: string | null; type: string | null; style: string | null }[][] }[] =
    JSON.parse(
      python(
        `import zipfile, sys, json, xml.etree.ElementTree as ET
NS = {'m': 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'}
REL = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id'
with zipfile.ZipFile(sys.argv[1]) as archive:
    book = ET.fromstring(archive.read('xl/workbook.xml'))
    targets = {one.get('Id'): one.get('Target') for one in ET.fromstring(archive.read('xl/_rels/workbook.xml.rels'))}
    sheets = []
    for sheet in book.iterfind('m:sheets/m:sheet', NS):
        root = ET.fromstring(archive.read('xl/' + targets[sheet.get(REL)]))
        rows = [[{'text': ''.join(cell.itertext()), 'type': cell.get('t'), 'style': cell.get('s')}
            for cell in row.iterfind('m:c', NS)] for row in root.iterfind('m:sheetData/m:row', NS)]
        sheets.append({'name': sheet.get('name'), 'rows': rows})
    print(json.dumps(sheets))`,
        [file],
      ),
    )
  expect(sheets.map(({ name }) => name)).toEqual(['Access', 'Proof', 'Coverage', 'Requests'])
  const [heading = [], ...rows] = sheets[0]?.rows ?? []
  expect(heading[0]).toMatchObject({ text: 'name', type: 'inlineStr' })
  // Excel reads the last four characters of the escape as the underscore.
  expect(rows.map((row) => row[0]?.text?.replace('_x005F_', '_')).sort()).toEqual([...NAMES].sort())
  expect(rows.flat().some(({ text }) => text?.startsWith("'="))).toBe(false)
  const moments = rows[0]?.filter(({ style }) => style === '1').map(({ text }) => toMoment(Number(text)))
  expect(moments).toContain('2026-01-15T08:00:00.000Z')
  expect(sheets[1]?.rows.map(([, what]) => what?.text)).toContain('shown as of (UTC)')
})

test('the proof says whose result it is, who exported it, and how many each filter leaves out', async () => {
  const world = await startWorld()
  await unpack(world, 'jsonl', { q: 'Ada', status: 'active' })
  expect(readProof()).toMatchObject({
    form: 'rolecall-export-proof/1',
    exported: { byName: 'Vera Viewer', byEmail: 'vera@contoso.example', list: 'people', format: 'jsonl' },
    rows: 0,
    counted: {
      unit: 'people',
      all: 3,
      listed: 0,
      filters: [
        { name: 'search', value: 'Ada', leavesOut: 2 },
        { name: 'status', value: 'active', leavesOut: 1 },
      ],
    },
    results: [
      {
        tenantId: world.tenantId,
        subscription: { name: 'Production subscription' },
        publishedAt: '2026-03-01T12:00:00.000Z',
        account: { name: 'admin@contoso.example', permissionsGranted: expect.arrayContaining(['User.Read.All']) },
        assignments: { active: 3, activated: 0, eligible: 0, own: 3 },
        reperform: [
          expect.stringContaining('az role assignment list --all --subscription'),
          expect.anything(),
          expect.anything(),
        ],
      },
    ],
  })
})

/** The verdict of the page about an archive with some of its bytes changed. */
async function verdictOf(archive: Uint8Array<ArrayBuffer>, keys?: ReturnType<typeof describeKey>[]) {
  return verifyExport(new Blob([archive]), keys ?? (await readSigningKeys()).map(describeKey))
}

/** What the command says of an archive, and whether it accepts it. */
function askCommand(file: string) {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['scripts/verify-export.mjs', file, '--key', join(folder, 'key.pem')],
    {
      encoding: 'utf8',
    },
  )
  return { accepted: status === 0, said: stdout }
}

test.each(['csv', 'jsonl', 'xlsx'] as const)(
  'the page and the command accept an export as %s, and refuse it whichever byte of it is changed',
  async (format) => {
    const file = await unpack(await startWorld(), format)
    await saveKey()
    const archive = new Uint8Array(readFileSync(file))
    expect(await verdictOf(archive)).toMatchObject({
      kind: 'verified',
      export: { list: 'people', rows: 3, by: 'Vera Viewer (vera@contoso.example)' },
    })
    expect(askCommand(file)).toEqual({ accepted: true, said: expect.stringContaining('Verified with the key from') })

    // Bytes that say nothing are those of dates, versions and local sums; every other one is part of what is verified.
    const content = python(
      `import zipfile, sys
for entry in zipfile.ZipFile(sys.argv[1]).infolist():
    if entry.filename not in ('SHA256SUMS', 'SHA256SUMS.sig'):
        start = entry.header_offset + 30 + len(entry.filename)
        print(start + 2, start + entry.compress_size // 2)`,
      [file],
    )
    for (const place of content.split(/\s+/).filter(Boolean).map(Number)) {
      const changed = archive.slice()
      changed[place] = (changed[place] ?? 0) ^ 0x10
      expect((await verdictOf(changed)).kind, `byte ${place}`).not.toBe('verified')
    }
    const changed = archive.slice()
    const place = Number(content.split(/\s+/)[1])
    changed[place] = (changed[place] ?? 0) ^ 0x10
    writeFileSync(file, changed)
    expect(askCommand(file).accepted).toBe(false)
  },
)

test('an unpacked export is refused by the command when a row was changed, a file added, or the proof rewritten', async () => {
  await unpack(await startWorld(), 'csv')
  rmSync(join(folder, 'export.csv'))
  await saveKey()
  expect(askCommand(folder).accepted).toBe(true)

  spoil('people.csv')
  expect(askCommand(folder)).toMatchObject({
    accepted: false,
    said: expect.stringContaining('people.csv was changed.'),
  })
  spoil('people.csv')
  writeFileSync(join(folder, 'more.csv'), 'name')
  expect(askCommand(folder).said).toContain('more.csv is not part of what was signed.')
  rmSync(join(folder, 'more.csv'))
  writeFileSync(join(folder, 'proof.json'), JSON.stringify({ ...readProof(), rows: 2 }))
  expect(askCommand(folder).said).toContain('proof.json is not as it was signed.')
})

test('an export that another installation has signed is verified by nobody here', async () => {
  const file = await unpack(await startWorld(), 'csv')
  const archive = new Uint8Array(readFileSync(file))
  expect(await verdictOf(archive, [])).toEqual({ kind: 'unknown_key' })
  expect(await verdictOf(new Uint8Array([1, 2, 3]))).toEqual({ kind: 'no_export' })
  expect(await verdictOf(archive.slice(0, archive.length - 10))).toEqual({ kind: 'no_export' })
})

test('a key that is a year old is replaced, its private half is deleted, and what it signed is still verified', async () => {
  await unpack(await startWorld(), 'csv')
  const { key } = readProof().signature
  await database.db
    .update(signingKeys)
    .set({ createdAt: new Date(Date.now() - 366 * 86_400_000) })
    .where(eq(signingKeys.id, key))
  const old = folder
  folder = mkdtempSync(join(tmpdir(), 'rolecall-export-'))
  await unpack(await startWorld(), 'csv')
  expect(readProof().signature.key).not.toBe(key)
  rmSync(folder, { recursive: true })
  folder = old
  const [before] = await database.db.select().from(signingKeys).where(eq(signingKeys.id, key))
  expect(before).toMatchObject({ sealed: null, retiredAt: expect.any(Date) })
  writeFileSync(join(folder, 'key.pem'), (await readSigningKeys()).find(({ id }) => id === key)?.publicKey ?? '')
  expect(refusalOf('openssl')).toBeNull()
})

test('an export whose subscription is deleted meanwhile is not signed', async () => {
  const world = await startWorld()
  const list = accessList(world.actor, world.connection, parseAccessView({}), 'people')
  const whole = exportFile(world.actor, { ...list, format: 'csv' })
  const reader = whole.getReader()
  await reader.read()
  await database.db
    .update(connections)
    .set({ state: 'deleting', publishedAt: null })
    .where(eq(connections.id, world.connection.id))
  const rest = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read());
  }
  await expect(rest()).rejects.toThrow('deleted while it was exported')
})

test('an archive with a second end in its comment is refused, since another program would find other files', async () => {
  const world = await startWorld()
  await unpack(world, 'csv')
  const file = join(folder, 'export.csv')
  const archive = readFileSync(file)
  const end = archive.subarray(archive.length - 22)
  const other = Buffer.from(end)
  other.writeUInt16LE(end.length, 20)
  // The first end is one with a comment, which is the genuine end again.
  writeFileSync(file, Buffer.concat([archive.subarray(0, archive.length - 22), other, end]))
  const tried = spawnSync(process.execPath, ['scripts/verify-export.mjs', file], { encoding: 'utf8' })
  expect(tried.status).not.toBe(0)
  expect(tried.stdout + tried.stderr).toContain('does not end the file')
  await expect(readArchive(new Blob([readFileSync(file)]))).rejects.toThrow('damaged')
})
