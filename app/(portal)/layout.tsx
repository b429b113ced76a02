import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import { signOut } from '@/app/signin/actions'
import { MEMBER_ROLE_LABELS } from '@/components/access/labels'
import { AttentionProvider } from '@/components/shell/attention'
import { Frame } from '@/components/shell/frame'
import { parseTheme, themeCookie } from '@/components/shell/theme'
import { ClockProvider } from '@/components/ui/clock'
import { readDatabaseNow } from '@/db/queries/clock'
import { countAttention } from '@/db/queries/fleet'
import { isApple } from '@/lib/auth/browser'
import { requireMember } from '@/lib/auth/request'
import { env } from '@/lib/env'
import { chooseTheme } from './settings/actions'

export default async function PortalLayout({ children }: { children: ReactNode }) {
  const actor = await requireMember()
  const { name, email, role, organisationName } = actor
  // Each field is named here, because all that the frame is given goes to the browser, and the session's ID must not.
  const member = { name, email, role: MEMBER_ROLE_LABELS[role], organisationName }
  const apple = isApple((await headers()).get('user-agent'))
  const theme = parseTheme((await cookies()).get(themeCookie(env().portalUrl).name)?.value)

  const [now, attention] = await Promise.all([readDatabaseNow(), countAttention(actor)])

  return (
    <ClockProvider now={now.getTime()}>
      <AttentionProvider count={attention}>
        <Frame
          member={member}
          theme={theme}
          apple={apple}
          sandbox={env().mode === 'sandbox'}
          signOut={signOut}
          chooseTheme={chooseTheme}
        >
          {children}
        </Frame>
      </AttentionProvider>
    </ClockProvider>
  )
}
