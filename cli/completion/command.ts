import { Argument, Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionNodes } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `logpatrol completion SHELL`. `program` gives the whole command line, which is complete only when this runs. */
export function completionCommand(program: () => Command): Command {
  return new Command('completion')
    .description('Print a script that completes logpatrol in your shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
Examples:
  source <(logpatrol completion bash)      now, and in ~/.bashrc for every shell
  source <(logpatrol completion zsh)       now, and in ~/.zshrc
  logpatrol completion fish > ~/.config/fish/completions/logpatrol.fish`,
    )
    .action((shell: keyof typeof shells) => {
      process.stdout.write(shells[shell](completionNodes(program())));
    });
}
