import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { signOut } from '@/app/signin/actions'
import { Frame } from '@/components/shell/frame'
import { parseTheme, THEME_COOKIE } from '@/components/shell/theme'
import { env } from '@/lib/env'
import { requireMember } from '@/lib/session'
import { chooseTheme } from './settings/actions'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const member = await requireMember()
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value)

  return (
    <Frame member={member} theme={theme} sandbox={env().mode === 'sandbox'} signOut={signOut} chooseTheme={chooseTheme}>
      {children}
    </Frame>
  )
}
