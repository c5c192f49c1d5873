import { describe, expect, it } from 'vitest';
import { mistakesOf } from './testing/mistakes.ts';

describe('zones of log types', () => {
  it('are names that Intl knows', async () => {
    expect(
      await mistakesOf('routes: { app: { timeZone: Asia/Shanghai }, ipmi: { timeZone: Mars/Base } }'),
    ).toEqual([expect.stringContaining('routes.ipmi.timeZone: use a name as Asia/Shanghai or UTC')]);
  });
});

describe('maintenance windows', () => {
  it('are checked, each mistake with its place', async () => {
    const mistakes = await mistakesOf(
      `maintenance:
  - { name: a, services: [db], days: [sat, funday], from: '24:00', to: '2:00', timeZone: Mars/Base }
  - { name: b, from: '01:00', to: '02:00', timeZone: UTC }
  - { name: c, service: db, rules: [], from: '01:00', to: '02:00', timeZone: UTC }
`,
    );
    expect(mistakes.map((line) => line.replace(/^FILE:\d+:\d+: /, ''))).toEqual([
      expect.stringMatching(/^maintenance\[0\]\.days\[1\]: /),
      'maintenance[0].from: use HH:MM, 00:00 to 23:59',
      'maintenance[0].to: use HH:MM, 00:00 to 23:59',
      'maintenance[0].timeZone: use a name as Asia/Shanghai or UTC',
      'maintenance[1]: say what is quiet: services, hosts, rules or types',
      expect.stringMatching(/^maintenance\[2\]\.rules: /),
      'maintenance[2].service: there is no such setting; did you mean services?',
    ]);
  });
});
