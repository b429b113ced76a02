import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RenameViewForm } from './rename-view-form'
import { SaveViewPanel } from './save-view-panel'
import { ViewLink } from './view-link'

/** A saved view of the list that is shown. */
export type SavedViewItem = {
  id: string
  name: string
  /** The list with the filters that were saved. */
  href: string
  shared: boolean
  mine: boolean
  makerName: string
  /** Whether the member may rename, unshare and delete it. */
  changeable: boolean
}

/** What can be done with saved views, as server actions that the page hands down. */
export type SavedViewActions = {
  saveView: (address: string, state: FormState, form: FormData) => Promise<FormState>
  renameView: (viewId: string, state: FormState, form: FormData) => Promise<FormState>
  shareView: (viewId: string, shared: boolean) => Promise<void>
  deleteView: (viewId: string) => Promise<void>
}

type Props = {
  /** The list with its filters, as a saved view of it would be opened. */
  address: string
  /** Whether the address says anything that is not the default, so that there is something to save. */
  savable: boolean
  views: SavedViewItem[]
  /** Whether others share more than are listed. */
  hasMore: boolean
  organisationName: string
  actions: SavedViewActions
}

/** The saved views of a list behind a quiet button: those of the member, those that others share, and the form that saves what is shown. */
export function SavedViews({ address, savable, views, hasMore, organisationName, actions }: Props) {
  const [mine, others] = [views.filter((view) => view.mine), views.filter((view) => !view.mine)]
  return (
    <SaveViewPanel
      action={actions.saveView.bind(null, address)}
      savable={savable}
      saved={mine.some(({ href }) => href === address)}
      organisationName={organisationName}
    >
      {views.length === 0 ? <p className="mb-3">There are no saved views of this list yet.</p> : null}
      <ViewList title="Yours" views={mine} address={address} actions={actions} />
      <ViewList title="Shared by others" views={others} address={address} actions={actions} />
      {hasMore ? <p className="mb-3">Others share more than are listed. Search finds them by their names.</p> : null}
    </SaveViewPanel>
  )
}

type ViewListProps = Pick<Props, 'views' | 'address' | 'actions'> & { title: string }

function ViewList({ title, views, address, actions }: ViewListProps) {
  if (views.length === 0) return null
  return (
    <section className="mb-4">
      <h2 className="text-xs font-medium text-ink-faint">{title}</h2>
      <ul className="divide-y divide-line">
        {views.map((view) => (
          <li key={view.id} className="grid gap-1 py-2">
            <ViewLink href={view.href} current={view.href === address}>
              <Name of={view.name} className="min-w-0 wrap-anywhere" />
            </ViewLink>
            <div className="flex flex-wrap items-center justify-between gap-x-4 text-xs">
              <span className="min-w-0 py-1 wrap-anywhere">
                <Sharing view={view} />
              </span>
              {view.changeable ? <ViewControls view={view} actions={actions} /> : null}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Sharing({ view: { mine, shared, makerName } }: { view: SavedViewItem }) {
  if (mine) return shared ? 'Shared with everyone' : 'Only for you'
  return (
    <>
      Shared by <Name of={makerName} />
    </>
  )
}

/** What can be done with a view. What others share can be taken back, but nobody shares for them. */
function ViewControls({ view: { id, name, shared }, actions }: { view: SavedViewItem; actions: SavedViewActions }) {
  return (
    // Quiet buttons have no edge that is seen: their words stand at the edges of the panel.
    <div className="-mx-2.5 flex flex-wrap items-center has-[details[open]]:basis-[calc(100%+1.25rem)]">
      <form action={actions.shareView.bind(null, id, !shared)}>
        <SubmitButton
          size="sm"
          variant="ghost"
          pendingLabel={shared ? 'Stopping…' : 'Sharing…'}
          aria-label={shared ? `Stop sharing ${name}` : `Share ${name}`}
        >
          {shared ? 'Stop sharing' : 'Share'}
        </SubmitButton>
      </form>
      <form action={actions.deleteView.bind(null, id)}>
        <SubmitButton size="sm" variant="ghost" pendingLabel="Deleting…" aria-label={`Delete ${name}`}>
          Delete
        </SubmitButton>
      </form>
      <RenameViewForm name={name} action={actions.renameView.bind(null, id)} />
    </div>
  )
}
