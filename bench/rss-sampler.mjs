import { parentPort, workerData } from 'node:worker_threads'

// A thread of its own, because the embedded database works on the main one: a timer there would miss every peak.
const EVERY_MS = 2
const peak = new Float64Array(workerData)

setInterval(() => {
  peak[0] = Math.max(peak[0], process.memoryUsage.rss())
}, EVERY_MS)
parentPort.postMessage('sampling')
