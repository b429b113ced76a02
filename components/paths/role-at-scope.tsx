import { ShieldOff } from 'lucide-react'
import { ScopeLabel } from '@/components/access/scope-label'
import { Chip } from '@/components/ui/chip'
import type { PersonAccess } from '@/db/queries/person-access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { denialWords } from '@/lib/domain/denials'
import { scopeWords } from '@/lib/domain/scopes'
import { GrantFacts } from './grant-facts'
import { PathList } from './path-list'
import { PathsPicture } from './paths-picture'

type Props = { access: PersonAccess; role: RoleAccess; groupsPath: string; picture: boolean; now: Date }

const KINDS = {
  active: <Chip>Held</Chip>,
  activated: <Chip title="Activated for some hours from an eligible role">Activated</Chip>,
  eligible: (
    <Chip tone="eligible" title="Not held until it is activated">
      Eligible
    </Chip>
  ),
}

/** A role at one scope: where that is, since when and until when, what cuts it, and every way to it, drawn and listed. */
export function RoleAtScope({ access, role, groupsPath, picture, now }: Props) {
  const seen = { managementGroups: access.managementGroups, subscriptionName: access.subscription.name }
  const words = scopeWords({ scope: role.scope, level: role.level, ...seen })
  const grants = [...new Set(role.paths.map(({ grant }) => grant))]
  const listId = `ways-${grants[0]?.key.replaceAll(/[^a-zA-Z0-9]+/g, '-')}`

  return (
    <div className="border-line px-4 py-3 not-first-of-type:border-t">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {KINDS[role.kind]}
        <ScopeLabel scope={role.scope} level={role.level} of={seen} className="font-medium" />
        <p className="min-w-0 text-sm break-words text-ink-soft">{words.reach}</p>
      </div>
      <ul className="mt-1.5 grid grid-cols-[minmax(0,1fr)] gap-1 text-sm text-ink-soft">
        {grants.map((grant) => (
          <GrantFacts key={grant.key} access={access} grant={grant} now={now} />
        ))}
        {role.denials.map((denial) => (
          <li
            key={denial.deny.key}
            className="flex gap-1.5 break-words text-warn"
            title={denial.deny.description ?? undefined}
          >
            <ShieldOff aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0">{denialWords(denial, seen)}</span>
          </li>
        ))}
      </ul>
      {picture ? <PathsPicture access={access} role={role} scopeName={words.name} /> : null}
      <PathList access={access} role={role} scopeName={words.name} groupsPath={groupsPath} id={listId} />
    </div>
  )
}
