import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from '../db/folder-lock'
import { checkDataFolder } from './check-data-folder.mjs'

let folder
let lock
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-data-'))
  lock = join(folder, 'db.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a folder that a running process has open is refused before a start, with its pid', async () => {
  checkDataFolder(folder)
  const release = await lockFolder(lock, () => {})
  expect(() => checkDataFolder(folder)).toThrow(`${folder} is in use by process ${process.pid}.`)
  release()
  checkDataFolder(folder)
})

test('a lock that does not certainly belong to a running process is left to the portal', async () => {
  const release = await lockFolder(lock, () => {})
  const mine = JSON.parse(readFileSync(lock, 'utf8'))
  release()
  for (const text of ['', '{"pid":', '[]', 'null', JSON.stringify({ ...mine, started: '1', host: hostname() })]) {
    writeFileSync(lock, text)
    checkDataFolder(folder)
  }
  writeFileSync(lock, JSON.stringify({ ...mine, started: null }))
  expect(() => checkDataFolder(folder)).toThrow('in use by process')
  utimesSync(lock, new Date(0), new Date(0))
  checkDataFolder(folder)
})
