import type { FeedDocument, FeedEntry } from './feed-document'

/** A feed as Atom (RFC 4287). Every text says that it is text, so that no reader takes a name for markup. */
export function writeAtom({ id, title, description, homeUrl, atomUrl, updatedAt, entries }: FeedDocument): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    `<id>${escapeXml(id)}</id>`,
    `<title type="text">${escapeXml(title)}</title>`,
    `<subtitle type="text">${escapeXml(description)}</subtitle>`,
    '<author><name>Rolecall</name></author>',
    `<link rel="self" type="application/atom+xml" href="${escapeXml(atomUrl)}"/>`,
    `<link rel="alternate" type="text/html" href="${escapeXml(homeUrl)}"/>`,
    `<updated>${updatedAt.toISOString()}</updated>`,
    ...entries.map(writeEntry),
    '</feed>',
    '',
  ].join('\n')
}

function writeEntry({ id, url, title, lines, at }: FeedEntry): string {
  return [
    '<entry>',
    `<id>${escapeXml(id)}</id>`,
    `<title type="text">${escapeXml(title)}</title>`,
    `<link rel="alternate" type="text/html" href="${escapeXml(url)}"/>`,
    `<published>${at.toISOString()}</published>`,
    `<updated>${at.toISOString()}</updated>`,
    `<content type="text">${escapeXml(lines.join('\n'))}</content>`,
    '</entry>',
  ].join('\n')
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

const escapeXml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
