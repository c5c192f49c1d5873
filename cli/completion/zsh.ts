import { bashCompletion } from './bash.ts';
import type { CompletionNode } from './tree.ts';

/** zsh runs bash completions through its own bashcompinit, so there is one script to keep right. */
export function zshCompletion(nodes: readonly CompletionNode[]): string {
  return `# zsh completion for logpatrol: source <(logpatrol completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(nodes)}`;
}
