import { Copyable } from '@/components/ui/copyable'

type Props = { commands: { title: string; text: string; note?: string }[] }

/** Commands of the Azure CLI, each with what it is for. Words in capitals are for the reader to replace. */
export function ApplicationCommands({ commands }: Props) {
  return (
    <ol className="grid grid-cols-1 gap-4">
      {commands.map(({ title, text, note }, index) => (
        <li key={title} className="grid grid-cols-1 gap-1.5">
          <p className="font-medium">
            {index + 1}. {title}
          </p>
          <Copyable text={text} label={`command: ${title}`} />
          {note && <p className="text-sm text-ink-soft">{note}</p>}
        </li>
      ))}
    </ol>
  )
}
