import type { FormState } from '@/components/ui/form-state'

/** What can be done to a connection; server actions, handed down by the page. Each takes the connection's id first. */
export type ConnectionActions = {
  syncNow: (connectionId: string) => Promise<void>
  startReconnect: (connectionId: string) => Promise<void>
  renameConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
  disconnectConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
}
