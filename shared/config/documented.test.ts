import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { variables } from './environment.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it.each(Object.entries(variables))('names %s, and says whether it is a secret', (name, { secret }) => {
    expect(page).toContain(`\`${name}\``);
    expect(page.includes(`\`${name}\` (secret)`)).toBe(secret === true);
  });

  it('names no variable in its table that there is not', () => {
    const named = [...page.matchAll(/^\| (`LOGPATROL_.*?) \|/gm)].flatMap(
      ([, cell = '']) => cell.match(/LOGPATROL_\w+/g) ?? [],
    );
    expect(named.filter((name) => !Object.hasOwn(variables, name))).toEqual([]);
    expect(named).toHaveLength(new Set(named).size);
  });
});
