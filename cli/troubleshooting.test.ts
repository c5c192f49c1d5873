import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { checkNames, checks } from '#shared/doctor/index.ts';
import { createProgram } from './program.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| <a id='));
const anchors = rows.map((row) => /<a id="([a-z0-9-]+)">/.exec(row)?.[1] ?? '');

/** The words of each command that a text names, without placeholders (`NAME`). */
function commandsIn(text: string): string[][] {
  return [...text.matchAll(/`logpatrol ([^`]+)`/g)].map(([, words = '']) => words.split(/\s+/));
}

/** What is wrong with a command line as the page has it; undefined where nothing is. */
function mistakeIn(words: readonly string[]): string | undefined {
  let command: Command = createProgram();
  const rest = [...words];
  for (;;) {
    const [word] = rest;
    const inner = command.commands.find((each) => each.name() === word);
    if (inner === undefined) break;
    command = inner;
    rest.shift();
  }
  if (command.parent === null) return `there is no command ${words.join(' ')}`;
  if (command.commands.length > 0 && rest[0] !== '--help') return `${words.join(' ')} is not a whole command`;
  const unknown = rest.find(
    (word) =>
      word.startsWith('--') && word !== '--help' && !command.options.some(({ long }) => long === word),
  );
  if (unknown !== undefined) return `${words.join(' ')}: there is no option ${unknown}`;
  const only = rest.indexOf('--only');
  const named = only < 0 ? [] : rest.slice(only + 1);
  const wrong = named.find((name) => !checkNames.includes(name));
  return wrong === undefined ? undefined : `there is no check ${wrong}`;
}

/** Every link to the page from here on down. */
function linksIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      return [...text.matchAll(/troubleshooting\.md#([a-z0-9-]+)/g)].map(([, anchor = '']) => anchor);
    });
}

describe('docs/troubleshooting.md', () => {
  it('has each anchor once', () => {
    expect(anchors.length).toBeGreaterThan(30);
    expect(anchors).toEqual([...new Set(anchors)]);
  });

  it.each(rows.map((row, index) => [anchors[index], row]))(
    '%s: four cells, and a command that is there',
    (_, row = '') => {
      const cells = row.split(/(?<!\\)\|/).slice(1, -1);
      expect(cells).toHaveLength(4);
      const shown = commandsIn(cells[3] ?? '');
      expect(shown.length).toBeGreaterThan(0);
      expect([...shown, ...commandsIn(cells[2] ?? '')].flatMap((words) => mistakeIn(words) ?? [])).toEqual(
        [],
      );
    },
  );

  it.each(checks.map(({ name, anchors: used }) => [name, used] as const))(
    'has the rows of the check %s',
    (_, used) => {
      expect(used.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    },
  );

  it.each(['deploy', 'docs', 'shared/drill', 'kibana'])('has the rows that %s links to', (folder) => {
    expect(linksIn(folder).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  it('has the rows that a drill and a check name', () => {
    const named = ['shared/drill', 'shared/doctor'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .flatMap((file) => [
          ...readFileSync(join(root, folder, file), 'utf8').matchAll(/\banchor: '([a-z0-9-]+)'/g),
        ])
        .map(([, anchor = '']) => anchor),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });
});
