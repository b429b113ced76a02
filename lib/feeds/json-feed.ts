import type { FeedDocument } from './feed-document'

/**
 * A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Texts are `content_text`, which readers show as it is. How much was
 * gained and lost is an extension, `_rolecall`, which others ignore.
 */
export function writeJsonFeed({ title, description, homeUrl, jsonUrl, entries }: FeedDocument): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    home_page_url: homeUrl,
    feed_url: jsonUrl,
    description,
    language: 'en',
    items: entries.map(({ id, url, title, lines, at, gained, lost }) => ({
      id,
      url,
      title,
      content_text: lines.join('\n'),
      date_published: at.toISOString(),
      _rolecall: { gained, lost },
    })),
  })
}
