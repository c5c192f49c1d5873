import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, type Read } from './testing/machines.ts';
import { every, Subject } from './testing/subject.ts';
import { normal, seededRandom } from './testing/weather.ts';

/** What is told of a machine that is polled every five minutes. @param reads by days since the beginning */
function told(hardware: Record<string, unknown>, days: number, reads: (day: number) => Read[]): string[] {
  const subject = new Subject({ hardware });
  const start = subject.now;
  const said: string[] = [];
  while (subject.now < start + days * dayMs) {
    subject.now += 5 * minuteMs - every;
    said.push(...subject.poll(reads((subject.now - start) / dayMs)));
  }
  return said;
}

describe('settings of `hardware`', () => {
  it.each([
    [{}, 2],
    [{ confirmPolls: 1 }, 1],
    [{ confirmPolls: 4 }, 4],
  ])('%o: a warning is told at reading %i', (hardware, count) => {
    const subject = new Subject({ hardware });
    for (let reading = 1; reading < count; reading++) expect(subject.temperature(66)).toEqual([]);
    expect(subject.temperature(66)).toEqual(['hit hardware.reading-temperature warning']);
  });

  it.each([
    [{}, []],
    [{ learn: { minDays: 1 } }, ['hit hardware.learned-limit warning']],
    [{ learn: { minDays: 1, enabled: false } }, []],
  ])('%o: two days of history', (hardware, expected) => {
    const random = seededRandom(3);
    const volts = (day: number) => (day < 2 ? 12 + 0.02 * random() : 10);
    expect(
      told(hardware, 2.1, (day) => [{ sensor: 'P12V', sensorKind: 'voltage', unit: 'V', value: volts(day) }]),
    ).toEqual(expected);
  });

  it.each([
    [{}, ['hit hardware.forecast info']],
    [{ forecastHours: 2 }, []],
  ])('%o: a limit three hours ahead', (hardware, expected) => {
    const random = seededRandom(15);
    const from = 4;
    const degrees = (day: number) =>
      45 + 0.3 * normal(random) + Math.max(0, ((day - from) * dayMs) / hourMs) * 2;
    expect(
      told(hardware, from + 7 / 24, (day) => [
        { sensor: 'CPU Temp', unit: 'Cel', value: degrees(day), thresholds: { upperWarning: 65 } },
      ]),
    ).toEqual(expected);
  });

  it.each([
    [{}, []],
    [{ fanDropPercent: 5 }, ['hit hardware.fan-slowing warning']],
    [{ fanDropPercent: 5, learn: { minDays: 10 } }, []],
  ])('%o: a fan that is slower by 7 percent', (hardware, expected) => {
    const random = seededRandom(4);
    const speed = (index: number, day: number) =>
      (index === 0 && day > 5 ? 0.93 : 1) * (5000 + 10 * normal(random));
    const said = told(hardware, 9, (day) =>
      [0, 1, 2, 3].map((index) => ({
        ...{ sensor: `FAN${index}`, sensorKind: 'fan' as const, unit: 'RPM' },
        value: speed(index, day),
      })),
    );
    expect(said.filter((each) => each.includes('fan-slowing'))).toEqual(expected);
  });
});
