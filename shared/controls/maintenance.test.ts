import { describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { openUntil } from './maintenance.ts';

function untilAt(over: Record<string, unknown>, moment: string): string | undefined {
  const given = { name: 'w', types: ['app'], from: '02:00', to: '04:00', timeZone: 'UTC', ...over };
  const [window] = ConfigSchema.parse({ maintenance: [given] }).maintenance;
  if (window === undefined) throw new Error('no window');
  const until = openUntil(window, Date.parse(moment));
  return until === undefined ? undefined : new Date(until).toISOString().replace(':00.000Z', 'Z');
}

// 2026-11-21 is a Saturday.
const shanghai = { timeZone: 'Asia/Shanghai' };
const overMidnight = { from: '23:00', to: '02:00', days: ['sat'] };
// Clocks in Berlin leap from 02:00 to 03:00 on 2026-03-29, and go back from 03:00 to 02:00 on 2026-10-25.
const berlin = { timeZone: 'Europe/Berlin' };

describe('a window is open', () => {
  it.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['from its beginning', {}, '2026-11-21T02:00:00Z', '2026-11-21T04:00Z'],
    ['not before', {}, '2026-11-21T01:59:59.999Z', undefined],
    ['not at its end', {}, '2026-11-21T04:00:00Z', undefined],
    ['by the clock of its zone', shanghai, '2026-11-20T18:30:00Z', '2026-11-20T20:00Z'],
    ['not by another', shanghai, '2026-11-21T02:30:00Z', undefined],
    ['on its days in its zone', { ...shanghai, days: ['sat'] }, '2026-11-20T18:30:00Z', '2026-11-20T20:00Z'],
    ['not on others', { ...shanghai, days: ['fri'] }, '2026-11-20T18:30:00Z', undefined],
    ['before midnight', overMidnight, '2026-11-21T23:30:00Z', '2026-11-22T02:00Z'],
    ['after midnight', overMidnight, '2026-11-22T01:59:00Z', '2026-11-22T02:00Z'],
    ['not after midnight of another day', overMidnight, '2026-11-21T01:00:00Z', undefined],
    ['all day', { from: '00:00', to: '00:00', days: ['sat'] }, '2026-11-21T12:00:00Z', '2026-11-22T00:00Z'],
    ['not the day after', { from: '00:00', to: '00:00', days: ['sat'] }, '2026-11-22T00:00:00Z', undefined],
    ['over the leap, shorter', { ...berlin, from: '01:30' }, '2026-03-29T01:30:00Z', '2026-03-29T02:00Z'],
    ['from a time leapt over', { ...berlin, from: '02:30' }, '2026-03-29T01:30:00Z', '2026-03-29T02:00Z'],
    ['not before that', { ...berlin, from: '02:30' }, '2026-03-29T01:29:00Z', undefined],
    [
      'all leapt over',
      { ...berlin, from: '02:15', to: '02:45' },
      '2026-03-29T01:20:00Z',
      '2026-03-29T01:45Z',
    ],
    [
      'as long as ever',
      { ...berlin, from: '02:30', to: '03:15' },
      '2026-03-29T02:00:00Z',
      '2026-03-29T02:15Z',
    ],
    ['in the hour that comes twice', { ...berlin, to: '02:30' }, '2026-10-25T00:10:00Z', '2026-10-25T01:30Z'],
    ['and its second time', { ...berlin, to: '02:30' }, '2026-10-25T01:10:00Z', '2026-10-25T01:30Z'],
    [
      'over the hour that comes twice',
      { ...berlin, from: '01:00' },
      '2026-10-25T02:30:00Z',
      '2026-10-25T03:00Z',
    ],
  ])('%s', (_name, over, moment, expected) => {
    expect(untilAt(over, moment)).toBe(expected);
  });
});
