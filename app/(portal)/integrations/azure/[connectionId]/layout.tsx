import { openConnection } from './read-result'

/** Settles before anything is sent whether there is such a connection, so that the answer can be a 404. */
export default async function ConnectionLayout({
  params,
  children,
}: LayoutProps<'/integrations/azure/[connectionId]'>) {
  await openConnection((await params).connectionId)
  return children
}
