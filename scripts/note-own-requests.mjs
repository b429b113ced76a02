import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'

// Loaded into the portal by the end-to-end tests: writes a line for each request that the portal makes to itself, each
// hop of a redirect included, because no browser sees them.

subscribe('undici:request:create', ({ request }) => {
  if (new URL(request.origin).port === process.env.PORT) {
    writeSync(2, `The portal asked itself for ${request.path}\n`)
  }
})
