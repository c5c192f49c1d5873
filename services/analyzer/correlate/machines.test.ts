import { describe, expect, it } from 'vitest';
import type { Hit } from '#shared/model/index.ts';
import { clearOf, hitOf, Subject } from './testing/subject.ts';

const minute = 60_000;

/** A part's failure; its fingerprint is its sensor's name. */
function fails(
  subject: Subject,
  sensor: string,
  component: string,
  at: number,
  { host = 'db-1', ...changes }: Partial<Hit> & { host?: string } = {},
): void {
  subject.tickTo(at);
  subject.fold(
    hitOf([{ at, host }], {
      service: 'hardware',
      fingerprint: `${host} ${sensor} ${changes.rule ?? ''}`,
      title: sensor,
      captures: { host, sensor },
      labels: { component, sensor },
      ...changes,
    }),
  );
}

const incidentOf = (subject: Subject, title: string, host = 'db-1') =>
  subject.incidents.find((one) => one.title === title && one.captures?.host === host);
const causeOf = (subject: Subject, title: string, host?: string) =>
  incidentOf(subject, title, host)?.causedBy?.title;

describe('failures of the parts of one machine', () => {
  it('are one: a failed fan takes the temperatures in, whichever was told first', () => {
    const subject = new Subject();
    fails(subject, 'CPU Temp', 'temperature', 0);
    fails(subject, 'FAN1', 'fan', minute);
    fails(subject, 'DIMM Temp', 'temperature', 2 * minute);
    expect([causeOf(subject, 'CPU Temp'), causeOf(subject, 'DIMM Temp')]).toEqual(['FAN1', 'FAN1']);
    expect(incidentOf(subject, 'FAN1')).toMatchObject({ dependantCount: 2 });
    expect(causeOf(subject, 'FAN1')).toBeUndefined();
  });

  it.each([
    ['Vcore', 'voltage', 'PSU1 Status', 'power-supply'],
    ['FAN1', 'fan', 'PSU1 Status', 'power-supply'],
    ['CPU1', 'processor', 'CPU Temp', 'temperature'],
    ['CPU Temp', 'temperature', 'Inlet Temp', 'temperature'],
    ['PS Redundancy', 'power-supply', 'PSU1 Status', 'power-supply'],
    ['Chassis cooling fault', 'fan', 'FAN1', 'fan'],
  ])('%s (%s) follows from %s (%s)', (sensor, component, cause, causeComponent) => {
    const subject = new Subject();
    fails(subject, sensor, component, 0);
    fails(subject, cause, causeComponent, 1000);
    expect(causeOf(subject, sensor)).toBe(cause);
    expect(causeOf(subject, cause)).toBeUndefined();
  });

  it.each([
    ['DIMM A1', 'memory', 'FAN1', 'fan', 'db-1', 1000],
    ['FAN2', 'fan', 'FAN1', 'fan', 'db-1', 1000],
    ['CPU Temp', 'temperature', 'FAN1', 'fan', 'db-2', 1000],
    ['CPU Temp', 'temperature', 'FAN1', 'fan', 'db-1', 11 * minute],
    ['CPU Temp', 'temperature', 'FAN1', 'fan', 'db-1', 80_000],
    ['', 'power-supply', '', 'power-supply', 'db-1', 1000],
  ])('%s (%s) is its own beside %s (%s) of %s', (sensor, component, other, otherComponent, host, at) => {
    const subject = new Subject();
    fails(subject, sensor, component, 0, { rule: 'one' });
    fails(subject, other, otherComponent, at, { host, rule: 'other' });
    expect(subject.incidents.map(({ causedBy }) => causedBy)).toEqual([undefined, undefined]);
  });

  it('are one where the log and the reading tell of the same sensor: what began first has the card', () => {
    const subject = new Subject();
    fails(subject, 'CPU Temp', 'temperature', 0, { rule: 'hardware.temperature' });
    fails(subject, 'CPU Temp', 'temperature', 1000, { rule: 'hardware.reading-temperature' });
    const ofRule = (rule: string) => subject.incidents.find((one) => one.rule === rule);
    const [event, reading] = [ofRule('hardware.temperature'), ofRule('hardware.reading-temperature')];
    expect(event).toBeDefined();
    expect(event?.causedBy).toBeUndefined();
    expect(reading?.causedBy?.id).toBe(event?.id);
  });

  it.each([
    // As a log names it, and as the readings do where several have one name.
    ['Temp', '0x0e', 'Temp (Processor 1)', '0x0e', true],
    ['Temp #0x0f', '0x0f', 'Temp (0fh)', '0x0f', true],
    ['#0x0e', '0x0e', 'Temp (Processor 1)', '0x0e', true],
    ['Temp', '0x0e', 'Temp (Processor 2)', '0x0f', false],
    // Of two controllers that number their own.
    ['Temp', '0x0e', 'VR Temp', '0x0e', false],
    ['Temp', undefined, 'Temp (Processor 1)', undefined, false],
  ])('of %s, number %s, and %s, number %s: one sensor %s', (logged, number, read, readNumber, isOne) => {
    const subject = new Subject();
    const labelled = (sensor: string, sensorNumber: string | undefined) => ({
      labels: { component: 'temperature', sensor, ...(sensorNumber && { sensor_number: sensorNumber }) },
    });
    fails(subject, logged, 'temperature', 0, labelled(logged, number));
    fails(subject, read, 'temperature', 1000, labelled(read, readNumber));
    expect(causeOf(subject, read)).toBe(isOne ? logged : undefined);
  });

  it('tell the worst of them on the card of the cause, materially and over a takeover', () => {
    const subject = new Subject();
    fails(subject, 'FAN1', 'fan', 0, { severity: 'warning' });
    fails(subject, 'CPU Temp', 'temperature', 1000, { severity: 'warning' });
    subject.publish();
    expect(incidentOf(subject, 'FAN1')).not.toHaveProperty('worstDependant');
    fails(subject, 'CPU Temp', 'temperature', 2000, { severity: 'critical' });
    subject.tickTo(3000);
    const fan = subject.publish().find(({ title }) => title === 'FAN1');
    expect(fan).toMatchObject({ severity: 'warning', worstDependant: 'critical' });
    expect(fan?.materialRevision).toBe(fan?.revision);
    subject.takeOver();
    subject.tickTo(4000);
    expect(subject.publish()).toEqual([]);
    expect(incidentOf(subject, 'FAN1')).toMatchObject({ worstDependant: 'critical' });
  });

  it('that stay are told where the cause has been over for long, though nothing is logged of them again', () => {
    const subject = new Subject();
    const stays = { quietAfterMs: 7 * 24 * 60 * minute };
    fails(subject, 'FAN1', 'fan', 0, { rule: 'hardware.fan', ...stays });
    fails(subject, 'CPU Temp', 'temperature', 1000, stays);
    const captures = { host: 'db-1', sensor: 'FAN1' };
    const over = { rule: 'hardware.fan', service: 'hardware', captures };
    subject.clear(clearOf('resolved-by', { 'db-1': 2000 }, over));
    expect(incidentOf(subject, 'FAN1')).toMatchObject({ state: 'resolved' });
    subject.tickTo(9 * minute);
    expect(causeOf(subject, 'CPU Temp')).toBe('FAN1');
    subject.publish();
    subject.tickTo(11 * minute);
    const [temperature] = subject.publish().filter(({ title }) => title === 'CPU Temp');
    expect(temperature).toMatchObject({ state: 'open' });
    expect(temperature).not.toHaveProperty('causedBy');
    expect(temperature?.materialRevision).toBe(temperature?.revision);
  });

  it('begin anew with the cause', () => {
    const subject = new Subject();
    fails(subject, 'FAN1', 'fan', 0, { severity: 'warning' });
    fails(subject, 'CPU Temp', 'temperature', 1000, { severity: 'critical' });
    subject.clear(
      clearOf(
        'resolved-by',
        { 'db-1': 2000 },
        { service: 'hardware', captures: { host: 'db-1', sensor: 'FAN1' } },
      ),
    );
    fails(subject, 'FAN1', 'fan', 30 * minute, { severity: 'warning' });
    expect(incidentOf(subject, 'FAN1')).not.toHaveProperty('worstDependant');
  });
});
