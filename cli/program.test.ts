import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { runCli } from './testing/spawn-cli.ts';

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** What `--help` prints, examples included. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => parts.push(part) }).outputHelp();
  return parts.join('');
}

describe.each(commandsOf(createProgram()).map((command) => [command.name(), command] as const))(
  'the help of %s',
  (_name, command) => {
    it('says what it does, with an example unless it only holds others', () => {
      expect(command.description()).toMatch(/^[A-Z].+\.$/);
      const isLeaf = command.commands.length === 0;
      if (isLeaf) expect(helpOf(command)).toMatch(/\nExamples?:\n {2}\S*\s*.*logpatrol /);
    });
  },
);

it('documents the exit codes', () => {
  expect(helpOf(createProgram())).toMatch(
    /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}70 .*\n {2}78 /,
  );
});

it('loads nothing of services and servers to start: each command loads what it needs', async () => {
  const telling = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });`;
  const node = ['--import', `data:text/javascript,${encodeURIComponent(telling)}`];
  const { code, err } = await runCli(['--version'], { cwd: import.meta.dirname, node });
  expect(code).toBe(0);
  const loaded = err.split('\n');
  expect(loaded.some((url) => url.endsWith('/cli/eval.ts'))).toBe(true);
  const ofCommands =
    /\/(?:services|shared\/(?:lifecycle|secrets|store|telemetry)|shared\/bus\/kafka|node_modules\/(?:undici|hono|kafkajs|prom-client))\//;
  expect(loaded.filter((url) => ofCommands.test(url))).toEqual([]);
});
