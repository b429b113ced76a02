import { openConnection } from './read-result'

/** Finds out whether there is such a connection before anything is sent, so that the answer can be a 404. */
export default async function ConnectionLayout({
  params,
  children,
}: LayoutProps<'/integrations/azure/[connectionId]'>) {
  await openConnection((await params).connectionId)
  return children
}
