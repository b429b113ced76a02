import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { signOut } from '@/app/signin/actions'
import { Frame } from '@/components/shell/frame'
import { parseTheme, THEME_COOKIE } from '@/components/shell/theme'
import { requireMember } from '@/lib/auth/request'
import { env } from '@/lib/env'
import { chooseTheme } from './settings/actions'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const { name, email, role, organisationName } = await requireMember()
  // Field by field: whatever is given to the frame goes to the browser, and the session's id must not.
  const member = { name, email, role, organisationName }
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value)

  return (
    <Frame member={member} theme={theme} sandbox={env().mode === 'sandbox'} signOut={signOut} chooseTheme={chooseTheme}>
      {children}
    </Frame>
  )
}
