import { ExternalLink, Scissors } from 'lucide-react'
import { Copyable } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import type { PersonAccess } from '@/lib/domain/access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { type RemovalPage, removalCommand, removalPage } from '@/lib/domain/removal-commands'
import { eligibilityNote, findFewestRemovals, type Removal, removalWords } from '@/lib/domain/removals'
import { roleWords } from '@/lib/domain/words'

type Props = {
  access: PersonAccess
  roleId: string
  /** The role at each scope where it is held or eligible. */
  accesses: RoleAccess[]
  /** Whether everything that can lead to a role was read. */
  allRead: boolean
  /** The address of the page of Microsoft's portals on which a removal is done. */
  portalHref: (page: RemovalPage) => string
}

/** The fewest removals after which the person no longer has the role: in words, as commands, and with the pages where they are done. */
export function RemovalSteps({ access, roleId, accesses, allRead, portalHref }: Props) {
  const removals = findFewestRemovals(access, roleId)
  const words = removalWords(access, removals)
  const kinds = eligibilityNote(accesses)
  const commands = removals.flatMap((removal) => removalCommand(access, removal) ?? [])

  return (
    <div className="flex gap-2.5 border-t border-line px-4 py-3 text-sm">
      <Scissors aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <div className="grid min-w-0 flex-1 gap-2 wrap-anywhere">
        <div>
          <h3 className="inline font-medium">
            To take <Name of={roleWords({ id: roleId, name: accesses[0]?.roleName ?? null })} /> away:
          </h3>{' '}
          {words.length === 1 ? (
            <p className="inline break-words">
              <span>{words[0]}</span> <PageLink access={access} removal={removals[0]} portalHref={portalHref} />
            </p>
          ) : (
            <ul className="my-1 list-disc pl-5">
              {words.map((step, index) => (
                <li key={step} className="break-words">
                  <span>{step}</span> <PageLink access={access} removal={removals[index]} portalHref={portalHref} />
                </li>
              ))}
            </ul>
          )}{' '}
          <p className="inline text-ink-soft">
            {allRead ? 'Nothing else grants it.' : 'Nothing else that was read grants it.'}
            {kinds ? ` ${kinds}` : null}
          </p>
        </div>
        {commands.length > 0 ? <Commands commands={commands} all={commands.length === removals.length} /> : null}
      </div>
    </div>
  )
}

/** The commands, folded: they change who has access, so that nobody should copy them by accident. */
function Commands({ commands, all }: { commands: string[]; all: boolean }) {
  return (
    <details>
      <summary className="link inline-block rounded-md">
        {commands.length === 1 ? 'As a command of the Azure CLI' : 'As commands of the Azure CLI'}
      </summary>
      <div className="mt-2 max-w-3xl">
        <Copyable text={commands.join('\n')} label={commands.length === 1 ? 'the command' : 'the commands'} />
        {all ? null : <p className="mt-1 text-ink-soft">What they leave has to be done by hand.</p>}
      </div>
    </details>
  )
}

type PageLinkProps = Pick<Props, 'access' | 'portalHref'> & { removal: Removal | undefined }

function PageLink({ access, removal, portalHref }: PageLinkProps) {
  const page = removal && removalPage(access, removal)
  if (!page) return null
  return (
    <a href={portalHref(page)} target="_blank" rel="noreferrer" className="link whitespace-nowrap print:hidden">
      {page.kind === 'group' ? 'Open the group in Azure' : 'Open its access in Azure'}
      <ExternalLink aria-hidden className="ml-0.5 inline size-3.5" />
    </a>
  )
}
