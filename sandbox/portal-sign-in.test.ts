import { Agent } from 'node:https'
import { connect } from 'node:net'
import { custom, generators, Issuer } from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from './server'
import { signInAs } from './visitor'
import { CONTOSO } from './world/demo-ids'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
})
afterAll(() => sandbox.close())

/** Connects as the portal does for next-auth: https addresses over plain connections; the Host header names the service. */
class PlainAgent extends Agent {
  override createConnection() {
    return connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  }
}

test.each(['common', 'organizations', CONTOSO])(
  'openid-client, which is in next-auth, signs in at %s without a consent page',
  async (tenant) => {
    const agent = new PlainAgent()
    custom.setHttpOptionsDefaults({ agent })
    const issuer = await Issuer.discover(
      `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration?appid=${sandbox.world.clientId}`,
    )
    const redirectUri = 'http://localhost:3000/api/auth/callback/azure-ad'
    const client = new issuer.Client({
      client_id: sandbox.world.clientId,
      client_secret: 'sandbox-secret',
      redirect_uris: [redirectUri],
      response_types: ['code'],
    })
    const [verifier, nonce, state] = [generators.codeVerifier(), generators.nonce(), generators.state()]
    const address = client.authorizationUrl({
      scope: 'openid profile email',
      nonce,
      state,
      code_challenge: generators.codeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const outcome = await signInAs(sandbox.url, address, { username: 'vera@contoso.example' })
    if (outcome.kind === 'page') throw new Error(outcome.html)
    const tokens = await client.callback(redirectUri, client.callbackParams(outcome.url.href), {
      nonce,
      state,
      code_verifier: verifier,
    })
    expect(tokens.claims()).toMatchObject({
      tid: CONTOSO,
      name: 'Vera Simmons',
      email: 'vera@contoso.example',
      ver: '2.0',
    })
    agent.destroy()
  },
)
