import { deleteView, renameView, saveView, shareView } from '@/app/(portal)/saved-views/actions'
import { SavedViews } from '@/components/saved-views/saved-views'
import { listSavedViews } from '@/db/queries/saved-views'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { formatListAddress, readListAddress } from '@/lib/domain/saved-views'

/**
 * The button with the saved views of a list.
 *
 * @param props.address the list with its filters, as its page writes it: a path and a query
 */
export async function SavedViewsOf({ address }: { address: string }) {
  const member = await requireMember()
  const shown = readListAddress(address)
  if (!shown) throw new Error('The views of this page cannot be saved.')
  const { views, hasMore } = await listSavedViews(member, shown)
  const managesShared = mayDo(member.role, 'manage_shared_views')
  return (
    <SavedViews
      address={formatListAddress(shown)}
      savable={shown.query !== ''}
      views={views.map(({ id, name, query, shared, memberId, memberName }) => ({
        ...{ id, name, shared, makerName: memberName },
        href: formatListAddress({ ...shown, query }),
        mine: memberId === member.memberId,
        changeable: memberId === member.memberId || managesShared,
      }))}
      hasMore={hasMore}
      organisationName={member.organisationName}
      actions={{ saveView, renameView, shareView, deleteView }}
    />
  )
}
