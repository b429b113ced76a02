import type { Metadata } from 'next'
import { discardExport, prepareExport } from '@/app/(portal)/settings/actions'
import { PrepareExport } from '@/components/settings/prepare-export'
import { PreparedExports } from '@/components/settings/prepared-exports'
import { SettingsHeader } from '@/components/settings/settings-header'
import { SigningKeys } from '@/components/settings/signing-keys'
import { VerifyExport } from '@/components/settings/verify-export'
import { Notice } from '@/components/ui/notice'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { listPreparedExports } from '@/db/queries/prepared-exports'
import { readSigningKeys } from '@/db/queries/signing-keys'
import { NotFound } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { env } from '@/lib/env'
import { openExport } from '@/lib/exports/open-export'
import { PUBLIC_KEYS_PATH } from '@/lib/exports/proof'
import { describeKey } from '@/lib/exports/public-keys'

export const metadata: Metadata = { title: 'Exports' }

export default async function ExportsPage({ searchParams }: PageProps<'/settings/exports'>) {
  const member = await requireMember()
  const keys = (await readSigningKeys()).map(describeKey)
  const { of } = await searchParams
  const address = typeof of === 'string' ? of : null
  const opened = address ? await openExport(member, address).catch(nullIfNotFound) : null
  const prepared = await listPreparedExports(member)

  return (
    <>
      <RefreshWhile active={prepared.some(({ state }) => state === 'queued' || state === 'running')} everyMs={2000} />
      <SettingsHeader current="exports" />
      {address ? (
        opened ? (
          <PrepareExport address={address} list={opened.list} label={opened.label} prepare={prepareExport} />
        ) : (
          <Notice tone="warn" title="There is no such list any more" className="mb-6">
            The subscription may have been disconnected. Open the list again and choose Export there.
          </Notice>
        )
      ) : null}
      <PreparedExports exports={prepared} discard={discardExport} />
      <VerifyExport keys={keys} />
      <SigningKeys keys={keys} address={env().portalUrl + PUBLIC_KEYS_PATH} />
    </>
  )
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof NotFound) return null
  throw error
}
