import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { SelectField, TextField } from '@/components/ui/fields'
import { keepMoment } from '@/lib/domain/as-of'
import { KNOWN_OPERATIONS } from '@/lib/domain/operations'
import { type AskView, formatAskView } from '@/lib/domain/views'
import { spellControls } from '@/lib/domain/words'

type Props = {
  path: string
  view: AskView
  roles: { id: string; name: string | null }[]
  /** The scopes that are offered while one is typed; null where a question of all subscriptions asks about none. */
  scopes: string[] | null
  /** What is wrong with the scope or the operation as typed. */
  problems: { scope: string | null; operation: string | null }
}

const SCOPES_ID = 'ask-scopes'
const OPERATIONS_ID = 'ask-operations'

/** The three questions, each of which may stay empty. A GET form whose fields make the address, so it needs no script. */
export function AskForm({ path, view, roles, scopes, problems }: Props) {
  const asked = view.roleId !== null || view.scope !== '' || view.operation !== ''
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers give <search> its role only since 2023
    <form
      // A new key makes new fields when a link changes the question; a field in which somebody typed would keep its text.
      key={JSON.stringify([view.at, view.roleId, view.scope, view.operation])}
      role="search"
      aria-label="Who can"
      action={path}
      className="grid items-start gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 lg:grid-cols-2"
    >
      <SelectField
        name="role"
        label="Who holds this role?"
        options={listRoleOptions(view.roleId, roles)}
        defaultValue={view.roleId ?? ''}
      />
      {scopes === null ? null : <ScopeField view={view} scopes={scopes} problem={problems.scope} />}
      <TextField
        name="operation"
        label="Who can do this operation?"
        placeholder="In plain words, as in delete a storage account, or by its name in Azure"
        list={OPERATIONS_ID}
        className="lg:col-span-2"
        defaultValue={view.operation}
        error={problems.operation}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <datalist id={OPERATIONS_ID}>
        {KNOWN_OPERATIONS.map(({ words, operation }) => (
          <option key={operation} value={operation} label={words} />
        ))}
      </datalist>
      {view.who === 'people' ? null : <input type="hidden" name="who" value={view.who} />}
      {view.at === '' ? null : <input type="hidden" name="at" value={view.at} />}
      <div className="flex flex-wrap items-center gap-2 lg:col-span-2">
        <Button type="submit" variant="primary">
          Ask
        </Button>
        {asked ? (
          <ButtonLink href={keepMoment(path, view.at)} variant="ghost">
            Clear
          </ButtonLink>
        ) : null}
        <span className="text-sm text-ink-soft">Questions can be combined; an empty field asks nothing.</span>
      </div>
    </form>
  )
}

type ScopeFieldProps = { view: AskView; scopes: string[]; problem: string | null }

function ScopeField({ view, scopes, problem }: ScopeFieldProps) {
  return (
    <>
      <TextField
        name="scope"
        label="Who can act at this scope?"
        placeholder="Anywhere in the subscription; a name or a resource ID"
        list={SCOPES_ID}
        defaultValue={view.scope}
        error={problem}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
      />
      <datalist id={SCOPES_ID}>
        {scopes.map((scope) => (
          <option key={scope} value={scope} />
        ))}
      </datalist>
    </>
  )
}

/** The roles held here, and the one that a link asks for although nobody holds it any more. */
function listRoleOptions(asked: string | null, roles: Props['roles']) {
  const options = roles.map(({ id, name }) => ({ value: id, label: spellControls(name ?? id) }))
  const known = asked === null || options.some(({ value }) => value === asked)
  return [{ value: '', label: 'Any role' }, ...(known ? [] : [{ value: asked, label: asked }]), ...options]
}

const EXAMPLES = KNOWN_OPERATIONS.filter(({ words }) =>
  ['Read a secret’s value', 'Grant access', 'Delete a virtual machine', 'List storage keys', 'Read blobs'].includes(
    words,
  ),
)

/** Operations that are often asked about. A click asks about one and keeps the rest of the question. */
export function AskExamples({ path, view }: { path: string; view: AskView }) {
  return (
    <nav aria-label="Operations often asked about" className="mt-3 mb-6 text-sm text-ink-soft">
      <ul className="flex flex-wrap items-baseline gap-x-4 gap-y-1.5">
        <li aria-hidden>Often asked:</li>
        {EXAMPLES.map(({ words, operation }) => (
          <li key={operation}>
            <Link
              href={path + formatAskView({ ...view, operation, plane: null, cursor: null })}
              prefetch={false}
              scroll={false}
              title={operation}
              aria-current={view.operation === operation ? 'true' : undefined}
              className="link"
            >
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
