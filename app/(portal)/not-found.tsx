import { HomeLink, MessagePage } from '@/components/shell/message-page'

export default function NotFound() {
  return (
    <MessagePage inFrame title="There is nothing here" actions={<HomeLink variant="primary" />}>
      The address may be mistyped, or what it showed was removed, or it belongs to another organisation.
    </MessagePage>
  )
}
