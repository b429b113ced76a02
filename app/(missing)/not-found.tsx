import NotFoundInFrame from '@/app/(portal)/not-found'
import NotFoundOutside from '@/app/not-found'
import { currentMember } from '@/lib/auth/request'

export default async function NotFound() {
  return (await currentMember()) ? <NotFoundInFrame /> : <NotFoundOutside />
}
