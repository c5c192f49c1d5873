import { expect, it } from 'vitest';
import { differencesText } from './differences.ts';

it('shows what is added, what goes and what becomes another, and no more than can be read', () => {
  const many = Array.from({ length: 25 }, (_, index) => ({
    path: `p.${index}`,
    is: undefined,
    becomes: index,
  }));
  expect(
    differencesText([
      { what: 'nothing here', action: 'none' },
      {
        what: 'lifecycle policy logs',
        action: 'update',
        differences: [
          { path: 'a', is: undefined, becomes: '50gb' },
          { path: 'b', is: { x: 1 }, becomes: undefined },
          { path: 'c', is: '30d', becomes: 'x'.repeat(100) },
        ],
      },
      { what: 'many', action: 'update', differences: many },
    ]),
  ).toBe(
    [
      '\nlifecycle policy logs\n  + a: 50gb\n  - b: {"x":1}\n',
      `  ~ c: 30d → ${'x'.repeat(60)}…\n`,
      `\nmany\n${many
        .slice(0, 20)
        .map(({ path, becomes }) => `  + ${path}: ${becomes}\n`)
        .join('')}`,
      '  … and 5 more (--format json)\n',
    ].join(''),
  );
});
