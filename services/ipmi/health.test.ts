import { expect, it } from 'vitest';
import { BmcHealth } from './health.ts';

it('a process that stands by does not say that there are no BMCs', () => {
  const bmcs = new BmcHealth();
  expect(bmcs.health([])).toEqual({
    name: 'bmcs',
    ok: true,
    detail: 'none polled by this process: another one does, or it has just started',
  });
  bmcs.listed(new Set(['db-1', 'db-2']));
  expect(bmcs.health([]).detail).toBe('2 on the list');
  bmcs.listed(new Set());
  expect(bmcs.health([]).detail).toBe('0 on the list');
});
