import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCertificateAuthority } from '@/sandbox/tls/tls-front'
import { openServer } from './open-server'
import { checkAddress } from './server-address'
import { explainServerFault } from './server-faults'

const REMOTE = 'postgres://rolecall:correct-horse@db.example.com/rolecall'
const check = (address: string, env: Record<string, string> = {}) => checkAddress('DATABASE_URL', address, env)

test.each([
  'postgres://rolecall@localhost/rolecall',
  'postgres://rolecall@127.0.0.1:5433/rolecall',
  'postgres://rolecall@[::1]/rolecall',
  'postgres://rolecall@%2Fvar%2Frun%2Fpostgresql/rolecall',
  'postgres://rolecall@db.example.com/rolecall?host=/var/run/postgresql',
])('%s stays on this machine, so plain text is no matter', (address) => {
  expect(check(address)).toEqual({ address, warning: null })
})

test.each([
  REMOTE,
  `${REMOTE}?application_name=portal`,
  'postgres://rolecall:correct-horse@localhost/rolecall?host=db.example.com',
  'postgres://rolecall:correct-horse@10.0.0.7/rolecall',
  'postgres://rolecall:correct-horse@localhost.example.com/rolecall',
])('%s would cross a network as plain text, and is refused without being shown', (address) => {
  expect(() => check(address)).toThrow(
    /^DATABASE_URL names another machine and has no sslmode.*add sslmode=verify-full/,
  )
  expect(() => check(address)).not.toThrow(/correct-horse|example/)
})

test('a host that only the environment names is looked at as well', () => {
  const address = 'postgres:///rolecall'
  expect(() => check(address, { PGHOST: 'db.example.com' })).toThrow('names another machine')
  expect(check(address, { PGHOST: 'db.example.com', PGSSLMODE: 'verify-full' }).warning).toBeNull()
  expect(check(address, {}).warning).toBeNull()
})

test.each([
  ['sslmode=verify-full', 'sslmode=verify-full'],
  ['sslmode=require', 'sslmode=verify-full'],
  ['sslmode=verify-ca&sslrootcert=/ca.pem', 'sslmode=verify-full&sslrootcert=%2Fca.pem'],
  ['sslmode=prefer', 'sslmode=verify-full'],
  ['ssl=true', 'ssl=true'],
  ['sslrootcert=/ca.pem', 'sslrootcert=/ca.pem'],
])('with %s the server has to prove who it is', (given, used) => {
  expect(check(`${REMOTE}?${given}`)).toEqual({ address: `${REMOTE}?${used}`, warning: null })
})

test.each([
  ['sslmode=disable', 'asks for plain text'],
  ['sslmode=no-verify', 'does not have the server’s certificate checked'],
  ['uselibpqcompat=true&sslmode=require', 'does not have the server’s certificate checked'],
  ['uselibpqcompat=true&sslmode=prefer', 'does not have the server’s certificate checked'],
])('%s is used as it is, and warned of', (given, warning) => {
  expect(check(`${REMOTE}?${given}`)).toEqual({
    address: `${REMOTE}?${given}`,
    warning: expect.stringContaining(warning.replace('’', "'")),
  })
})

test('a mode that does not exist is refused, because pg would take it for another', () => {
  expect(() => check(`${REMOTE}?sslmode=verify_full`)).toThrow('DATABASE_URL has an sslmode that is not known')
})

/** What a PostgreSQL server says to a password that is wrong: whoever reads it has accepted the server's certificate. */
const REFUSAL = Buffer.from('SFATAL\0C28P01\0Mwrong password\0\0')

let folder: string
let server: Server
const sockets = new Set<Socket>()

/** Begins like a PostgreSQL server that speaks TLS, with a certificate for localhost by an authority of its own. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-tls-'))
  const credentials = await (await openCertificateAuthority(folder)).issue(['localhost'])
  server = createServer((plain) => {
    sockets.add(plain.on('error', () => {}))
    plain.once('data', () => {
      plain.write('S') // the answer to SSLRequest: TLS from here on
      const secure = new TLSSocket(plain, { isServer: true, ...credentials })
      secure.on('error', () => {})
      secure.once('data', () => {
        const length = Buffer.alloc(4)
        length.writeInt32BE(REFUSAL.length + 4)
        secure.end(Buffer.concat([Buffer.from('E'), length, REFUSAL]))
      })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
  rmSync(folder, { recursive: true })
})

test.each([
  ['sslmode=require', 'localhost', 'is not trusted'],
  ['sslmode=verify-full', 'localhost', 'is not trusted'],
  ['sslmode=require&sslrootcert=CA', '127.0.0.1', 'is for another host'],
  ['sslmode=require&sslrootcert=CA', 'localhost', 'PostgreSQL refuses the sign-in (wrong password)'],
  ['sslmode=no-verify', 'localhost', 'PostgreSQL refuses the sign-in (wrong password)'],
])('over %s to %s the sign-in ends with: %s', async (given, host, sentence) => {
  const { port } = server.address() as AddressInfo
  const options = given.replace('CA', encodeURIComponent(join(folder, 'ca.pem')))
  const fault = await openServer(`postgres://rolecall:secret@${host}:${port}/rolecall?${options}`).catch(
    explainServerFault,
  )
  expect(fault).toContain(sentence)
})
