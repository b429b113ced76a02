'use server'

import { redirect } from 'next/navigation'
import { endCurrentSession } from '@/lib/auth/request'

/** Signs this browser out and shows the sign-in page. */
export async function signOut(): Promise<void> {
  await endCurrentSession()
  redirect('/signin/ended')
}
