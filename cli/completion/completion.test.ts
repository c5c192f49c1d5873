import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../program.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionNodes } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const nodes = completionNodes(createProgram());
let folder: string;
let script: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-completion-'));
  script = join(folder, 'completion.bash');
  writeFileSync(script, bashCompletion(nodes));
  writeFileSync(join(folder, 'app one.log'), '');
  mkdirSync(join(folder, 'app.d'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What real bash offers once Tab is pressed after these words, the last of which is being typed. */
function offered(...words: string[]): string[] {
  const ask = `
    source "$1"; shift
    [ "$(complete -p logpatrol)" = "complete -F _logpatrol logpatrol" ] || exit 9
    COMP_WORDS=(logpatrol "$@"); COMP_CWORD=$#
    _logpatrol 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', ask, 'bash', script, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return out.split('\n').filter(Boolean).sort();
}

describe('in bash', () => {
  it('every command', () => {
    const commands = createProgram().commands.map((command) => command.name());
    expect(commands.length).toBeGreaterThan(7);
    expect(offered('')).toEqual(commands.sort());
  });

  it.each([
    [['do'], ['doctor']],
    [
      ['dlq', ''],
      ['list', 'replay'],
    ],
    [
      ['run', 'a'],
      ['all', 'analyzer'],
    ],
    [
      ['run', 'analyzer', '--stage', 'de'],
      ['deliver', 'detect'],
    ],
    [
      ['doctor', '--format', ''],
      ['json', 'table'],
    ],
    [['doctor', '--format', '=', 'j'], ['json']],
    [
      ['doctor', '--format', '='],
      ['json', 'table'],
    ],
    [['--log-level', 'd'], ['debug']],
    [['dlq', 'list', '--f'], ['--format']],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
    // A value that reads like a command is none.
    [['--config', 'dlq', 'doctor', '--f'], ['--format']],
    [['--config', 'run', 'comp'], ['completion']],
    [
      ['up', 'app'],
      ['app one.log', 'app.d'],
    ],
    [['--config', 'app.'], ['app.d']],
    [['dlq', 'replay', '--limit', ''], []],
  ])('%j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it('every option of every command', () => {
    for (const node of nodes) {
      const flags = offered(...node.path, '--');
      expect(flags, node.path.join(' ')).toEqual(
        node.options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--'))).sort(),
      );
      expect(flags).toContain('--help');
      expect(flags).toContain('--config');
    }
  });
});

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false;
  }
};

// Neither is on every machine; where it is, its own parser has the word.
it.skipIf(!has('zsh'))('is right for zsh', () => {
  execFileSync('zsh', ['-n'], { input: zshCompletion(nodes) });
});

it.skipIf(!has('fish'))('offers the same in fish', () => {
  const file = join(folder, 'completion.fish');
  writeFileSync(file, fishCompletion(nodes));
  const ask = `source ${file}; complete -C "logpatrol dlq "`;
  const out = execFileSync('fish', ['--no-config', '-c', ask], { encoding: 'utf8' });
  expect(out.match(/^(list|replay)\t/gm)).toHaveLength(2);
});
