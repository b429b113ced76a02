import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Page, TestInfo } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, signIn, syncNow, test } from './support/test'

/** Saves the list that is shown, in a format of the menu, and gives the place of the file. */
async function save(page: Page, info: TestInfo, format: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: format, exact: true }).click(),
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
  await expect(
    page.getByText(new RegExp(`^((1 to )?[\\d,]+ of )?${proof.counted.listed} (person|people)$`)),
  ).toBeVisible()
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
  // A list of changes begins with what differs from the first sync.
  const { objectId: principalId } = world.account('outsider')
  const { tenantId, subscription } = world
  await change({ type: 'assign', tenantId, principalId, role: 'Reader', subscriptionId: subscription.id })
  await syncNow(page)

  const anything = '/ask?operation=Microsoft.Compute%2FvirtualMachines%2Fread'
  const lists = [
    [results, 'people'],
    [`${results}/principals`, 'other principals'],
    [`${results}/roles`, 'roles'],
    [`${results}/groups`, 'groups'],
    [`${results}/runs`, 'runs'],
    [results + anything, 'people who can'],
    [`${results}${anything}&who=others`, 'other principals that can'],
    [`${results}/ask?operation=Microsoft.Nothing%2Fthings%2Fread&role=${principalId}`, 'people who can'],
    ['/people', 'all people'],
    ['/people/matrix', 'people by subscription'],
    ['/changes', 'changes'],
    [`/changes?connection=${results.split('/').at(-1)}&effect=lost&cause=move`, 'changes'],
    ['/settings/audit', 'audit log'],
  ] as const
  for (const [address, list] of lists) {
    await page.goto(address)
    const file = await save(page, info, 'Excel workbook')
    expect(file).toMatch(/\.xlsx$/)
    const said = run(process.execPath, ['scripts/verify-export.mjs', file])
    expect(said, address).toMatch(new RegExp(`^${list}, \\d+ rows, `))
    expect(said, address).toContain('Verified with the key from')
  }

  await page.goto('/people?q=nobody+is+called+so')
  const everyWay = await save(page, info, 'Every way: Excel workbook')
  const said = run(process.execPath, ['scripts/verify-export.mjs', everyWay])
  expect(said).toMatch(/^every way, [1-9]\d* rows, /)
  expect(said).toContain('Verified with the key from')
})

test('what is saved of a question, of people by subscription and of changes is what their pages show', async ({
  page,
  world,
}, info) => {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  const scope = `/subscriptions/${subscription.id}`
  await change({ type: 'rename', user: ada, tenantId, displayName: 'Ada Novak' })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Virtual Machine Contributor', scope })
  await change({ type: 'add_deny', tenantId, scope, name: 'No deletes', actions: ['*/delete'], principalIds: [ada] })
  await syncNow(page)

  /** The rows of the list that is shown. */
  const rowsOf = async (list: string): Promise<Record<string, unknown>[]> => {
    const folder = unpack(await save(page, info, 'JSON Lines, zipped'), info)
    const lines = readFileSync(`${folder}/${list}.jsonl`, 'utf8').split('\n')
    return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  }
  await page.goto(`${results}/ask?operation=Microsoft.Compute%2FvirtualMachines%2Fdelete`)
  const own = (await rowsOf('people-who-can')).filter(({ object_id }) => object_id === ada)
  expect(own).toContainEqual(
    expect.objectContaining({ role: 'Virtual Machine Contributor', this_way: 'cut off', cut_off_by: ['No deletes'] }),
  )

  await page.goto('/people/matrix?q=Ada+Novak')
  const [inMatrix] = await rowsOf('people-by-subscription')
  expect(inMatrix).toMatchObject({ name: 'Ada Novak', object_id: ada })
  expect(inMatrix?.[`${subscription.name} (${subscription.id})`]).not.toEqual([])

  await page.goto(`/changes?person=${ada}&effect=gained`)
  await expect(page.getByText(`Ada Novak gained Virtual Machine Contributor of ${subscription.name}`)).toBeVisible()
  expect(await rowsOf('changes')).toContainEqual(
    expect.objectContaining({
      what: `Ada Novak gained Virtual Machine Contributor of ${subscription.name}`,
      ...{ cause: 'assignment', principal_id: ada, people: 1 },
    }),
  )
})

test('a large export is left to a worker, waited for on another page, and verified like any other', async ({
  page,
  world,
}, info) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'Prepare a large one…', exact: true }).click()
  await expect(page.getByRole('heading', { name: /^Prepare an export: people of/ })).toBeVisible()
  await inspect(page, 'an export to be prepared')
  await page.getByRole('radio', { name: 'JSON Lines, zipped' }).check()
  await page.getByRole('button', { name: 'Prepare', exact: true }).click()

  const exports = page.getByRole('table', { name: 'Exports prepared for you' })
  const take = exports.getByRole('link', { name: /^Download/ })
  await expect(exports.getByText('Ready')).toBeVisible()
  await inspect(page, 'an export that is prepared')
  const [download] = await Promise.all([page.waitForEvent('download'), take.click()])
  const file = info.outputPath(download.suggestedFilename())
  await download.saveAs(file)
  expect(run(process.execPath, ['scripts/verify-export.mjs', file])).toContain('Verified with the key from')

  await exports.getByRole('button', { name: /^Delete/ }).click()
  await expect(exports).toBeHidden()
})
