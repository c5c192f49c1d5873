import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mistakeText } from '#shared/config/mistake.ts';
import { stateOfFiles } from './files.ts';
import { reviewRunbooks } from './load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-runbooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text = '---\ntitle: t\n---\n## 症状\nx\n'): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function review(paths = [folder], shipped = false) {
  const { runbooks, mistakes } = await reviewRunbooks({ paths, shipped });
  return {
    names: runbooks.map(({ name }) => name),
    mistakes: mistakes.map((mistake) => mistakeText(mistake).replaceAll(folder, 'F')),
    runbooks,
  };
}

describe('runbooks of folders', () => {
  it('are all that are sound, and every mistake of the others', async () => {
    write('b.md');
    write('team/a.md');
    write('README.md', 'what this is');
    write('notes.txt', 'no');
    write('.git/c.md', 'no');
    write('bad.md', '---\ntitle: t\nowners: x\n---\nx');
    write('worse.md', 'no front matter');
    expect(await review()).toMatchObject({
      names: ['a', 'b'],
      mistakes: [
        'F/bad.md:3:1: owners: there is no such field; did you mean owner?',
        expect.stringContaining('F/worse.md:1: there is no front matter'),
      ],
    });
  });

  it('replace the shipped one of their name, and not one another', async () => {
    write('disk-full.md', '---\ntitle: ours\n---\nx');
    write('more/disk-full.md');
    const { runbooks, names, mistakes } = await review([folder], true);
    expect(runbooks.find(({ name }) => name === 'disk-full')?.title).toBe('ours');
    expect(names).toContain('kafka-isr-shrunk');
    expect(mistakes).toEqual([
      'F/more/disk-full.md:1: there is a runbook of this name already: F/disk-full.md',
    ]);
  });

  it('are found behind links, once, and circles of links end', async () => {
    write('outside/deep/a.md');
    mkdirSync(join(folder, 'books'));
    symlinkSync(join(folder, 'outside'), join(folder, 'books', 'linked'));
    symlinkSync(join(folder, 'outside'), join(folder, 'books', 'linked-again'));
    symlinkSync(join(folder, 'books'), join(folder, 'books', 'circle'));
    symlinkSync(join(folder, 'outside', 'deep', 'a.md'), join(folder, 'books', 'b.md'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'books', 'c.md'));
    expect(await review([join(folder, 'books')])).toMatchObject({
      names: ['a', 'b'],
      mistakes: [expect.stringMatching(/^F\/books\/c\.md: cannot be read: ENOENT/)],
    });
  });

  it('may be named by their file; a folder that is not there is told, and does not hide the others', async () => {
    write('a.md');
    expect(await review([join(folder, 'gone'), join(folder, 'a.md')])).toMatchObject({
      names: ['a'],
      mistakes: [expect.stringMatching(/^F\/gone: cannot read runbooks: ENOENT/)],
    });
  });

  it('change their state when one of them changes, comes or goes', async () => {
    write('a.md');
    const state = () => stateOfFiles({ paths: [folder], shipped: false });
    const states = [await state(), await state()];
    write('a.md', '---\ntitle: other\n---\nx');
    states.push(await state());
    write('b.md');
    states.push(await state());
    rmSync(join(folder, 'a.md'));
    states.push(await state());
    expect(states[0]).toBe(states[1]);
    expect(new Set(states).size).toBe(4);
  });
});
