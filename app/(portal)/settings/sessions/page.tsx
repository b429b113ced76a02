import type { Metadata } from 'next'
import { endOtherSessions, endOwnSession, signOutEverywhere } from '@/app/(portal)/settings/actions'
import { EndSessions } from '@/components/settings/end-sessions'
import { SessionsTable } from '@/components/settings/sessions-table'
import { SettingsHeader } from '@/components/settings/settings-header'
import { listOwnSessions } from '@/db/queries/organisation'
import { requireMember } from '@/lib/auth/request'
import { SESSION_HOURS, SESSION_IDLE_MINUTES } from '@/lib/domain/retention'

export const metadata: Metadata = { title: 'Your sessions' }

export default async function SessionsPage() {
  const member = await requireMember()
  const sessions = await listOwnSessions(member)

  return (
    <>
      <SettingsHeader current="sessions" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        Where you are signed in. A session ends after {SESSION_IDLE_MINUTES / 60} hours without use, and after{' '}
        {SESSION_HOURS} hours in any case. End one that you do not know, then change your password at Microsoft.
      </p>
      <SessionsTable sessions={sessions} endSession={endOwnSession} />
      <EndSessions
        others={sessions.length > 1}
        endOtherSessions={endOtherSessions}
        signOutEverywhere={signOutEverywhere}
      />
    </>
  )
}
