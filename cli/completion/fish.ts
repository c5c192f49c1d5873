import type { CompletionNode, CompletionOption } from './tree.ts';

/** A completion script for fish. */
export function fishCompletion(nodes: readonly CompletionNode[]): string {
  return `# fish completion for logpatrol: logpatrol completion fish | source
complete -c logpatrol -f
${nodes.flatMap(nodeLines).join('\n')}
`;
}

function nodeLines(node: CompletionNode): string[] {
  const here = condition(node);
  const line = (rest: string): string => `complete -c logpatrol -n ${quote(here)} ${rest}`;
  return [
    ...node.commands.map(({ name, description }) => line(`-a ${name} -d ${quote(description)}`)),
    ...node.choices.map((choice) => line(`-a ${choice}`)),
    ...node.options.map((option) => line(optionWords(option))),
    ...(node.files ? [line('-F')] : []),
  ];
}

/** True where the command line has come to this command and to none below it. */
function condition({ path, commands }: CompletionNode): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = commands.map(({ name }) => name).join(' ');
  return [...seen, ...(below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`])].join('; and ');
}

function optionWords({ flags, description, value }: CompletionOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const takes =
    value === 'none'
      ? []
      : value === 'file'
        ? ['-r -F']
        : value === 'text'
          ? ['-x']
          : [`-x -a ${quote(value.choices.join(' '))}`];
  return [...names, ...takes, `-d ${quote(description)}`].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
