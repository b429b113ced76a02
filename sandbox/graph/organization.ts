import { contextOf, type GraphCall } from './graph-call'

/** `GET /organization`. */
export function getOrganization(call: GraphCall): Response {
  const { id, name, domain } = call.tenant
  return Response.json({
    '@odata.context': contextOf(call, 'organization'),
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
