const MICROSOFT_SDKS = ['@azure/*', '@microsoft/*']
const NEXT_AND_REACT = ['next', 'next/*', 'next-auth', 'next-auth/*', 'react', 'react/*', 'react-dom', 'react-dom/*']
const DRIZZLE = ['drizzle-orm', 'drizzle-orm/*']

/** The product's words and rules: every room but the sandbox may use them, and they import nothing but each other. */
const DOMAIN = 'lib/domain/**'

/** What a room of lib may use: the rooms below it, the product's words, the database, and what stands beside all rooms. */
const below = (...rooms) => [
  ...rooms.map((room) => `lib/${room}/**`),
  DOMAIN,
  'lib/{actor,ending,env,limits,log}.ts',
  'db/**',
]

/**
 * Who may import whom; the first rule whose `room` matches a file holds for it. A room may import itself and what `ours`
 * lists of this project, and no package of `notPackages`. Types are erased and do not count, except with `typesToo`.
 */
export const importRules = [
  { room: '**/*.test.{ts,tsx}', ours: ['**'], notPackages: [] },
  { room: '{testing,e2e,bench,chaos}/**', ours: ['**'], notPackages: [] },
  // What tests use of them, such as a PostgreSQL of their own, has types beside it.
  { room: 'scripts/**', ours: [], notPackages: [] },
  // Other people's programs, played for tests: Microsoft's SDKs as they come, with no product code in between.
  { room: 'sandbox/clients/**', ours: ['sandbox/**'], notPackages: NEXT_AND_REACT, typesToo: true },
  { room: 'sandbox/**', ours: [], notPackages: [...MICROSOFT_SDKS, ...NEXT_AND_REACT], typesToo: true },
  { room: DOMAIN, ours: [], notPackages: [...MICROSOFT_SDKS, ...NEXT_AND_REACT, ...DRIZZLE], typesToo: true },
  { room: 'db/**', ours: [DOMAIN], notPackages: [...MICROSOFT_SDKS, ...NEXT_AND_REACT], typesToo: true },
  { room: 'components/**', ours: [DOMAIN], notPackages: [...MICROSOFT_SDKS, ...DRIZZLE] },
  {
    room: 'app/**',
    ours: ['components/**', 'lib/**', 'db/queries/**', 'db/actor.ts'],
    notPackages: [...MICROSOFT_SDKS, ...DRIZZLE],
  },
  // Each room may use those below it: worker > sync > changes > directory > connections > runs > azure > domain.
  { room: 'lib/azure/**', ours: [DOMAIN, 'lib/{env,log}.ts'], notPackages: [...NEXT_AND_REACT, ...DRIZZLE] },
  { room: 'lib/runs/**', ours: below('azure'), notPackages: NEXT_AND_REACT },
  { room: 'lib/connections/**', ours: below('runs', 'azure'), notPackages: NEXT_AND_REACT },
  { room: 'lib/directory/**', ours: below('connections', 'runs', 'azure'), notPackages: NEXT_AND_REACT },
  { room: 'lib/changes/**', ours: below('directory', 'connections', 'runs', 'azure'), notPackages: NEXT_AND_REACT },
  {
    room: 'lib/sync/**',
    ours: below('changes', 'directory', 'connections', 'runs', 'azure'),
    notPackages: NEXT_AND_REACT,
  },
  {
    room: 'lib/worker/**',
    ours: [
      ...below('exports', 'sync', 'changes', 'directory', 'connections', 'runs', 'azure'),
      'lib/process-output.ts',
    ],
    notPackages: NEXT_AND_REACT,
  },
  // It stands in front of Next, which `main` starts, and in no bundle of it.
  {
    room: 'lib/guard/**',
    ours: ['lib/{ending,env,log,minute-count}.ts'],
    notPackages: [...MICROSOFT_SDKS, ...DRIZZLE, ...NEXT_AND_REACT.filter((name) => name !== 'next')],
  },
  { room: 'lib/**', ours: ['lib/**', 'db/**'], notPackages: [] },
  // What Next.js looks for at the root (proxy, instrumentation) and the configuration of tools.
  { room: '*', ours: ['{app,components,lib,db}/**', '*'], notPackages: [] },
]
