const ADMIN_ROLES = ['Application Administrator', 'Privileged Role Administrator']

/** What the person who connects must hold, and why: once a directory role, and Reader on the subscription. */
export function Requirements() {
  return (
    <ol className="grid grid-cols-1 gap-4">
      <li>
        <p className="font-medium">One of these Microsoft Entra roles</p>
        <ul className="mt-1 list-disc pl-5">
          {ADMIN_ROLES.map((role) => (
            <li key={role}>{role}</li>
          ))}
          <li>
            Global Administrator <span className="text-ink-soft">(not recommended: far more than this needs)</span>
          </li>
        </ul>
        <p className="mt-1.5 text-ink-soft">
          Reading the directory’s users (<code className="font-mono text-sm">User.Read.All</code>) needs an
          administrator’s consent, once per tenant. If you hold none of these roles, enter the subscription ID first:
          the sign-in step then has an approval link to send to an administrator of that tenant.
        </p>
      </li>
      <li>
        <p className="font-medium">Reader on the subscription</p>
        <p className="mt-1.5 text-ink-soft">
          The same account needs Reader, or any role with read access, assigned on the subscription. Rolecall reads
          Azure as this person and sees no more than they do.
        </p>
      </li>
    </ol>
  )
}
