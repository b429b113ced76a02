/**
 * The same text as one piece of memory, a byte a character. Text put together in JavaScript stays a tree of its parts,
 * which millions of scopes and names cannot afford. For characters of Latin-1 only: others are given back as they are.
 */
export function flatString(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const flat = bytes.toString('latin1')
  return flat === text ? flat : text
}
