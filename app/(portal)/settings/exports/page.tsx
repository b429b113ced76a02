import type { Metadata } from 'next'
import { SettingsHeader } from '@/components/settings/settings-header'
import { SigningKeys } from '@/components/settings/signing-keys'
import { VerifyExport } from '@/components/settings/verify-export'
import { readSigningKeys } from '@/db/queries/signing-keys'
import { requireMember } from '@/lib/auth/request'
import { env } from '@/lib/env'
import { PUBLIC_KEYS_PATH } from '@/lib/exports/proof'
import { describeKey } from '@/lib/exports/public-keys'

export const metadata: Metadata = { title: 'Exports' }

export default async function ExportsPage() {
  await requireMember()
  const keys = (await readSigningKeys()).map(describeKey)

  return (
    <>
      <SettingsHeader current="exports" />
      <VerifyExport keys={keys} />
      <SigningKeys keys={keys} address={env().portalUrl + PUBLIC_KEYS_PATH} />
    </>
  )
}
