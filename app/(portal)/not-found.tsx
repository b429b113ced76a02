import { HomeLink, MessagePage, PlainLink } from '@/components/shell/message-page'

export default function NotFound() {
  return (
    <MessagePage
      inFrame
      title="There is nothing here"
      actions={
        <>
          <HomeLink variant="primary" />
          <PlainLink href="/people">Look through all people</PlainLink>
          <PlainLink href="/changes">See what changed</PlainLink>
        </>
      }
    >
      The address may be mistyped, or what it showed was removed, or it belongs to another organisation. The search of
      the portal finds subscriptions, people and groups by their names.
    </MessagePage>
  )
}
