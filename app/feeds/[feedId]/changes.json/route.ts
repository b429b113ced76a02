import { answerFeed } from '@/lib/feeds/answer-feed'

/** A feed of changes as JSON Feed, for a program that sends the feed's token. There is no session. */
export async function GET(
  request: Request,
  { params }: RouteContext<'/feeds/[feedId]/changes.json'>,
): Promise<Response> {
  return answerFeed(request, (await params).feedId, 'json')
}
