import { spawn } from 'node:child_process'
import { nodeBinary, projectRoot, toolFile } from './project.mjs'

// Runs a tool on the Node.js that npm installed: `node scripts/with-node.mjs biome check .`.
// The first argument is a dependency's command, or a script of ours.
const [command, ...args] = process.argv.slice(2)
const file = command.endsWith('.mjs') ? command : toolFile(command)
const child = spawn(nodeBinary(), [file, ...args], { cwd: projectRoot, stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
