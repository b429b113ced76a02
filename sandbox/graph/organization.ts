import { type GraphCall, holdsAny } from './graph-call'
import { denied } from './graph-error'

/** `GET /organization`. */
export function getOrganization(call: GraphCall): Response {
  if (!holdsAny(call, 'User.Read', 'User.Read.All', 'Organization.Read.All', 'Directory.Read.All')) return denied()
  const { id, name, domain } = call.tenant
  return Response.json({
    '@odata.context': `https://${call.cloud.graph}/v1.0/$metadata#organization`,
    value: [
      {
        id,
        displayName: name,
        tenantType: 'AAD',
        countryLetterCode: 'NO',
        createdDateTime: '2019-05-01T09:00:00Z',
        verifiedDomains: [
          {
            capabilities: 'Email, OfficeCommunicationsOnline',
            isDefault: true,
            isInitial: false,
            name: domain,
            type: 'Managed',
          },
        ],
      },
    ],
  })
}
