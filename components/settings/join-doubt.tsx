import type { JoinDoubt } from '@/lib/domain/vocabulary'

const WORDS: Record<JoinDoubt, string> = {
  groups_not_told: 'Microsoft did not say which groups they are in',
  in_none_named: 'In none of the named groups and app roles',
}

/** Why the rule of groups did not admit somebody when they last tried to sign in. */
export const JoinDoubtReason = ({ doubt }: { doubt: JoinDoubt }) => (
  <span className="block text-sm font-normal text-warn">{WORDS[doubt]}</span>
)

/** What can be done where Microsoft does not say which groups somebody is in. */
export function GroupsNotToldAdvice() {
  return (
    <p className="mb-4 max-w-2xl text-ink-soft">
      Where Microsoft did not say which groups somebody is in, either the app registration of Rolecall does not ask for
      groups, or they are in more than 200, or in none that is assigned to Rolecall. You can let them in yourself. To
      let Microsoft say it: in Microsoft Entra, assign the groups to the enterprise application and set the groups claim
      to <em>Groups assigned to the application</em>, or give people an app role and name that.
    </p>
  )
}
