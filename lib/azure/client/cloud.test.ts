import { afterEach, expect, test, vi } from 'vitest'
import { pointAt } from '@/testing/stand-in'
import { CLOUDS } from './cloud'

const TENANT = '31c75423-32d6-4322-88b7-c478bdde4858'

afterEach(() => vi.unstubAllEnvs())

test.each(['global', 'usgov', 'china'] as const)(
  'the sign-in of %s asks at its own addresses, and no other cloud is trusted',
  async (name) => {
    pointAt('http://127.0.0.1:9')
    vi.resetModules()
    vi.stubEnv('AZURE_CLOUD', name)
    const { beginSignIn } = await import('@/lib/azure/sign-in')
    const { checkAddress } = await import('./transport')
    const { login, graph, arm } = CLOUDS[name]

    const url = new URL(
      await beginSignIn({
        tenantId: TENANT,
        redirectUri: 'http://localhost:3000/api/azure/callback',
        state: 's',
        nonce: 'n',
        codeChallenge: 'c',
      }),
    )
    expect(url.origin).toBe(login)
    const asked = url.searchParams.get('scope')?.split(' ') ?? []
    expect(asked).toEqual(expect.arrayContaining([`${graph}/User.Read.All`, `${arm}/user_impersonation`]))

    for (const [other, origins] of Object.entries(CLOUDS)) {
      for (const origin of Object.values(origins)) {
        if (other === name) expect(checkAddress(`${origin}/x`).origin).toBe(origin)
        else expect(() => checkAddress(`${origin}/x`)).toThrow('not one of Microsoft')
      }
    }
  },
)
