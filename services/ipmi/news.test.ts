import pino from 'pino';
import { expect, it } from 'vitest';
import type { Inspection } from './inspect.ts';
import { BmcNews } from './news.ts';
import { bmcs } from './poll/testing/fleet.ts';

const [bmc] = bmcs(1, { maxRetries: 2 });
if (!bmc) throw new Error('one');
const sound = { at: 0, tookMs: 1, events: [], position: undefined, notes: [], bmc };
const ok = { outcome: 'ok', chassis: { power: 'on', faults: [] }, sensors: [] } as const;
const away = (reason: string): Inspection['result'] => ({ outcome: 'unreachable', reason });

it('is told once, and that it is over; a poll that failed for once is not', () => {
  const lines: string[] = [];
  const news = new BmcNews(pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line).msg) }));
  news.ended({ ...sound, result: ok }, 0);
  news.ended({ ...sound, result: away('no answer') }, 1);
  news.ended({ ...sound, result: ok }, 0);
  expect(lines).toEqual([]);
  for (const failures of [1, 2, 3, 4, 5])
    news.ended({ ...sound, result: away(`not done within ${failures} s`) }, failures);
  expect(lines).toEqual(['bmc-0: not done within 3 s']);
  news.ended({ ...sound, result: { outcome: 'refused', reason: 'the password is wrong' } }, 6);
  news.ended({ ...sound, result: ok, notes: ['its event log: code 0xc1'] }, 0);
  news.ended({ ...sound, result: ok, notes: ['its event log: code 0xc1'] }, 0);
  news.ended({ ...sound, result: ok }, 0);
  expect(lines.slice(1)).toEqual([
    'bmc-0: the password is wrong',
    'bmc-0: its event log: code 0xc1',
    'bmc-0: all is well again',
  ]);
});
