import { APPLICATION_PERMISSIONS } from './permissions'
import type { CredentialKind } from './vocabulary'

/** What an application is to be registered with. All of it becomes part of commands for a shell. */
export type Registration = {
  tenantId: string
  /** Null for the managed identity of the machine itself. */
  clientId: string | null
  credential: CredentialKind
  certificate: string | null
  /** Whose token the platform writes into the file, where that is known. */
  federation: { issuer: string; subject: string } | null
  /** The origin of Microsoft Graph in this cloud. */
  graph: string
}

type Commands = { title: string; text: string; note?: string }

const MICROSOFT_GRAPH = '00000003-0000-0000-c000-000000000000'

/** The commands of the Azure CLI that make the application, before its client ID is known. */
export const commandsToCreate = (): Commands[] => [
  {
    title: 'Create the application in your tenant, and note the client ID that it prints',
    text: `az login --tenant TENANT_ID
az ad app create --display-name Rolecall --sign-in-audience AzureADMyOrg --query appId --output tsv`,
  },
  {
    title: 'Give it a service principal, which roles can be assigned to',
    text: 'az ad sp create --id CLIENT_ID',
  },
]

/** The commands that let an application sign in and read, each with what it is for. */
export function commandsToRegister(registration: Registration): Commands[] {
  return [...credentialCommands(registration), roleCommands(registration), permissionCommands(registration)]
}

function credentialCommands({ clientId, credential, certificate, federation }: Registration): Commands[] {
  if (credential === 'certificate' && certificate !== null)
    return [
      {
        title: 'Register the certificate with the application',
        text: `cat > rolecall.pem <<'END'
${certificate.trim()}
END
az ad app credential reset --id ${clientId} --append --cert @rolecall.pem`,
        note: 'This is the certificate without its key. Without --append, the other credentials of the application would go.',
      },
    ]
  if (credential !== 'federated') return []
  const parameters = JSON.stringify({
    name: 'rolecall',
    issuer: federation?.issuer ?? 'ISSUER',
    subject: federation?.subject ?? 'SUBJECT',
    audiences: ['api://AzureADTokenExchange'],
  })
  return [
    {
      title: 'Let the application trust the platform that Rolecall runs on',
      text: `az ad app federated-credential create --id ${clientId} --parameters ${quote(parameters)}`,
      note: 'It takes some minutes until Microsoft knows of it.',
    },
  ]
}

/** The object ID of the service principal, as a part of a command. */
const principalOf = (clientId: string | null): string =>
  clientId === null
    ? '$(az vm show --resource-group GROUP --name MACHINE --query identity.principalId --output tsv)'
    : `$(az ad sp show --id ${clientId} --query id --output tsv)`

function roleCommands({ clientId }: Registration): Commands {
  const assign = 'az role assignment create --assignee-principal-type ServicePrincipal --role Reader'
  return {
    title: 'Give it Reader on a subscription, or on a management group for all subscriptions below it',
    text: `${assign} --assignee-object-id "${principalOf(clientId)}" --scope /subscriptions/SUBSCRIPTION_ID
${assign} --assignee-object-id "${principalOf(clientId)}" --scope /providers/Microsoft.Management/managementGroups/MANAGEMENT_GROUP_ID`,
    note: 'One of the two is enough. It can take some minutes to apply.',
  }
}

function permissionCommands({ clientId, credential, graph }: Registration): Commands {
  const title = 'Grant it the application permissions of Microsoft Graph, with an administrator’s consent'
  const note = `These are ${APPLICATION_PERMISSIONS.map(({ name }) => name).join(', ')}. People are read with the first; leave out what you do not want. The last, which is wide, only tells who changed a group, together with AuditLog.Read.All. It takes a Privileged Role Administrator.`
  const ids = APPLICATION_PERMISSIONS.map(({ roleId }) => roleId)
  if (credential !== 'managed_identity')
    return {
      title,
      note,
      text: `az ad app permission add --id ${clientId} --api ${MICROSOFT_GRAPH} --api-permissions ${ids.map((id) => `${id}=Role`).join(' ')}
az ad app permission admin-consent --id ${clientId}`,
    }
  return {
    title,
    note,
    text: `principal="${principalOf(clientId)}"
graph=$(az ad sp show --id ${MICROSOFT_GRAPH} --query id --output tsv)
for role in ${ids.join(' ')}; do
  az rest --method POST --url "${graph}/v1.0/servicePrincipals/$principal/appRoleAssignments" \\
    --body "{\\"principalId\\": \\"$principal\\", \\"resourceId\\": \\"$graph\\", \\"appRoleId\\": \\"$role\\"}"
done`,
  }
}

/** A text as one word of a shell's command. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
