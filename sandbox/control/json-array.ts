const ROWS = 200 // written at once: some hundred kilobytes of access rows

function* chunksOf(rows: Iterable<unknown>): Generator<string> {
  let gathered: unknown[] = []
  let before = '['
  for (const row of rows) {
    gathered.push(row)
    if (gathered.length < ROWS) continue
    yield before + JSON.stringify(gathered).slice(1, -1)
    gathered = []
    before = ','
  }
  if (gathered.length > 0) yield before + JSON.stringify(gathered).slice(1)
  else yield before === '[' ? '[]' : ']'
}

/** An answer that is a JSON array, written while it is read: no more rows are made than were taken. */
export function jsonArray(rows: Iterable<unknown>): Response {
  const chunks = chunksOf(rows)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = chunks.next()
      if (done) controller.close()
      else controller.enqueue(Buffer.from(value))
    },
    cancel: () => void chunks.return(undefined),
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}
