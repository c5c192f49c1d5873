import type { Argument, Command, Option } from 'commander';

/** What may be written after one command, as completion needs it. */
export interface CompletionNode {
  /** The words that lead here: `[]` for `logpatrol`, `['dlq', 'list']`. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  /** Values of the first argument where there is a fixed list. */
  readonly choices: readonly string[];
  /** Whether an argument can be a file. */
  readonly files: boolean;
}

export interface CompletionOption {
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: 'none' | 'file' | 'text' | { readonly choices: readonly string[] };
}

/** The command tree, flat, parents before children. */
export function completionNodes(
  command: Command,
  path: readonly string[] = [],
  above: Option[] = [],
): CompletionNode[] {
  const own = [...above, ...command.options];
  const node: CompletionNode = {
    path,
    commands: command.commands.map((inner) => ({ name: inner.name(), description: inner.description() })),
    options: [
      ...own.map(describeOption),
      { flags: ['-h', '--help'], description: 'display help', value: 'none' },
    ],
    choices: command.registeredArguments[0]?.argChoices ?? [],
    files: command.registeredArguments.some(isFile),
  };
  const children = command.commands.flatMap((inner) =>
    completionNodes(
      inner,
      [...path, inner.name()],
      own.filter((option) => option.long !== '--version'),
    ),
  );
  return [node, ...children];
}

function isFile(argument: Argument): boolean {
  return argument.argChoices === undefined && /file|path/i.test(argument.name());
}

function describeOption(option: Option): CompletionOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const takesValue = option.required || option.optional;
  const isPath = /<(?:file|folder|path)/i.test(option.flags);
  const value = !takesValue
    ? 'none'
    : option.argChoices !== undefined
      ? { choices: option.argChoices }
      : isPath
        ? 'file'
        : 'text';
  return { flags, description: option.description, value };
}
