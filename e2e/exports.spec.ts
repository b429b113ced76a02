import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Page, TestInfo } from '@playwright/test'
import { inspect } from './support/inspect'
import { connect, expect, openResults, signIn, test } from './support/test'

/** Saves the list that is shown, in a format of the menu, and gives the place of the file. */
async function save(page: Page, info: TestInfo, format: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: format }).click(),
  ])
  const path = info.outputPath(download.suggestedFilename())
  await download.saveAs(path)
  return path
}

const run = (program: string, args: string[], cwd?: string): string =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' })

/** Unpacks an archive with a program that is not ours. */
function unpack(archive: string, info: TestInfo): string {
  const folder = info.outputPath('unpacked')
  run('python3', ['-m', 'zipfile', '-e', archive, folder])
  return folder
}

test('an export is verified by openssl, sha256sum, the command and the page, and refused after a byte was changed', async ({
  page,
  world,
}, info) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  await openResults(page)
  await page.goto(`${page.url()}?held=held`)
  const archive = await save(page, info, 'CSV, zipped')
  const folder = unpack(archive, info)
  const proof = JSON.parse(readFileSync(`${folder}/proof.json`, 'utf8'))
  expect(proof).toMatchObject({
    exported: { byName: owner.name, list: 'people', format: 'csv' },
    counted: { filters: [{ name: 'held', value: 'held' }] },
    results: [{ subscription: { id: world.subscription.id }, account: { name: owner.username } }],
  })
  await expect(page.getByText(new RegExp(`^([\\d,]+ of )?${proof.counted.listed} (person|people)$`))).toBeVisible()
  const [result] = proof.results
  expect(result.requests.reduce((sum: number, one: { rows: number }) => sum + one.rows, 0)).toBeGreaterThan(30)
  expect(JSON.stringify(result.requests)).not.toContain(world.subscription.id)

  // Whoever verifies needs no account of the portal.
  const { publicKeys, key } = proof.signature
  const pem = await (await fetch(`${publicKeys}/${key}.pem`)).text()
  writeFileSync(`${folder}/key.pem`, pem)
  const signed = ['-in', 'SHA256SUMS', '-sigfile', 'SHA256SUMS.sig']
  const verify = () =>
    run('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'key.pem', '-rawin', ...signed], folder)
  expect(verify()).toContain('Signature Verified Successfully')
  expect(run('sha256sum', ['--check', 'SHA256SUMS'], folder)).toContain('people.csv: OK')
  expect(run(process.execPath, ['scripts/verify-export.mjs', archive])).toContain('Verified with the key from')

  await page.goto('/settings/exports')
  await expect(page.getByRole('row', { name: new RegExp(key) })).toContainText('In use')
  await page.getByLabel('The workbook, or the zip archive').setInputFiles(archive)
  const verdict = page.getByRole('status').filter({ hasText: 'is as it was exported' })
  await expect(verdict).toContainText(`exported by ${owner.name}`)
  await expect(verdict).toContainText(world.subscription.name)
  await inspect(page, 'an export that was verified')

  const bytes = readFileSync(archive)
  const place = bytes.indexOf('people.csv') + 60
  bytes[place] = (bytes[place] ?? 0) ^ 1
  const changed = info.outputPath('changed.zip')
  writeFileSync(changed, bytes)
  await page.getByLabel('The workbook, or the zip archive').setInputFiles(changed)
  await expect(page.getByText('This file was changed')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'people.csv' })).toBeVisible()
  await inspect(page, 'an export that was changed')
  expect(() => run(process.execPath, ['scripts/verify-export.mjs', changed])).toThrow(/Command failed/)

  await page.goto('/settings/audit?kind=security')
  const lines = page.getByRole('row')
  await expect(lines.filter({ hasText: 'exported the access to' })).toContainText(
    'held: held, list: people, format: csv',
  )
  await expect(lines.filter({ hasText: 'took the whole export of' })).toContainText(`rows: ${proof.rows}`)
})

test('every list that is shown can be saved as a workbook that proves itself', async ({ page, world }, info) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  const pages = [results, `${results}/principals`, `${results}/roles`, `${results}/groups`, `${results}/runs`]
  for (const address of [...pages, '/people', '/settings/audit']) {
    await page.goto(address)
    const file = await save(page, info, 'Excel workbook')
    expect(file).toMatch(/\.xlsx$/)
    expect(run(process.execPath, ['scripts/verify-export.mjs', file]), address).toContain('Verified with the key from')
  }
})
