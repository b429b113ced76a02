import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'

type Props = { current: 'members' | 'sessions' | 'history' | 'audit' | 'exports' | 'feeds' }

/** The title and the tabs that all settings pages share. */
export function SettingsHeader({ current }: Props) {
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        label="Settings"
        tabs={[
          { href: '/settings/members', label: 'Members', current: current === 'members' },
          { href: '/settings/sessions', label: 'Your sessions', current: current === 'sessions' },
          { href: '/settings/history', label: 'History', current: current === 'history' },
          { href: '/settings/audit', label: 'Audit log', current: current === 'audit' },
          { href: '/settings/exports', label: 'Exports', current: current === 'exports' },
          { href: '/settings/feeds', label: 'Feeds', current: current === 'feeds' },
        ]}
      />
    </>
  )
}
