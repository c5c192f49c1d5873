import type { CompletionNode } from './tree.ts';

/**
 * A completion script for bash 3.2 and later, made from the command tree alone: pressing Tab starts no process. Every word in
 * it is our own (names and choices), so nothing needs quoting.
 */
export function bashCompletion(nodes: readonly CompletionNode[]): string {
  const valued = [
    ...new Set(
      nodes.flatMap(({ options }) =>
        options.filter(({ value }) => value !== 'none').flatMap(({ flags }) => flags),
      ),
    ),
  ];
  return `# bash completion for logpatrol: source <(logpatrol completion bash)
_logpatrol() {
  local cur prev word skip path i
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash makes a word of its own of the = in --format=json.
  if [ "$cur" = "=" ]; then
    cur=""
  elif [ "$prev" = "=" ]; then
    prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  path="" skip=""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [ -n "$skip" ]; then
      [ "$word" = "=" ] || skip=""
      continue
    fi
    case "$word" in
      ${valued.join('|')}) skip=1 ;;
      *) case "$path $word" in
${nodes
  .filter(({ path }) => path.length > 0)
  .map(
    ({ path }) =>
      `        "${[path.slice(0, -1).join(' '), path.at(-1)].join(' ')}") path="${path.join(' ')}" ;;`,
  )
  .join('\n')}
      esac ;;
    esac
  done
  case "$path:$prev" in
${nodes.flatMap(optionValues).join('\n')}
  esac
  case "$path" in
${nodes.map(words).join('\n')}
  esac
}
_logpatrol_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
  compopt -o filenames 2>/dev/null
  return 0
}
complete -F _logpatrol logpatrol
`;
}

function optionValues({ path, options }: CompletionNode): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === 'none') return [];
    const pattern = flags.map((flag) => `"${path.join(' ')}:${flag}"`).join('|');
    if (value === 'file') return [`    ${pattern}) _logpatrol_files "$cur"; return 0 ;;`];
    if (value === 'text') return [`    ${pattern}) COMPREPLY=(); return 0 ;;`];
    return [`    ${pattern}) COMPREPLY=($(compgen -W "${value.choices.join(' ')}" -- "$cur")); return 0 ;;`];
  });
}

function words({ path, commands, options, choices, files }: CompletionNode): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  const plain = [...commands.map(({ name }) => name), ...choices].join(' ');
  const rest = files ? '_logpatrol_files "$cur"' : `COMPREPLY=($(compgen -W "${plain}" -- "$cur"))`;
  return `    "${path.join(' ')}")
      case "$cur" in
        -*) COMPREPLY=($(compgen -W "${flags}" -- "$cur")) ;;
        *) ${rest} ;;
      esac ;;`;
}
