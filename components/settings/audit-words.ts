const WORDS: Record<string, string> = {
  'member.joined': 'joined',
  'member.role_changed': 'changed the role of',
  'member.removed': 'removed',
  'member.signed_out_everywhere': 'signed out everywhere',
  'connection.connected': 'connected',
  'connection.reconnected': 'reconnected',
  'connection.renamed': 'renamed',
  'connection.schedule_changed': 'changed the schedule of',
  'connection.permission_dropped': 'stopped using an optional permission of',
  'connection.sync_requested': 'asked to sync',
  'connection.disconnected': 'disconnected',
  'connection.deleted': 'deleted the data of',
}

/** What was done, as the verb of a sentence. An action without words reads as it is stored. */
export function auditWords(action: string): string {
  return WORDS[action] ?? action
}
