import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Watches the resident memory of this process. `peak()` is the most, in bytes, since the last `restart()`. */
export async function watchMemory() {
  const shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const peak = new Float64Array(shared)
  const sampler = new Worker(new URL('./rss-sampler.mjs', import.meta.url), { workerData: shared, execArgv: [] })
  await once(sampler, 'message')
  return {
    restart() {
      peak[0] = process.memoryUsage.rss()
    },
    peak: () => peak[0] ?? 0,
    stop: () => sampler.terminate(),
  }
}
