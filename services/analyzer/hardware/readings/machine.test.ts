import { describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, poll, type Read } from './testing/machines.ts';
import { every, limits, Subject } from './testing/subject.ts';
import { seededRandom } from './testing/weather.ts';

const overheated = 'hardware.reading-temperature';

describe('a reading beyond its limit', () => {
  it('is a finding after as many polls as it takes, is raised and softened, and ends when it is well', () => {
    const subject = new Subject();
    expect(subject.temperature(60)).toEqual([]);
    expect(subject.temperature(66)).toEqual([]);
    expect(subject.temperature(67)).toEqual([`hit ${overheated} warning`]);
    expect(subject.last).toMatchObject({
      title: expect.stringMatching(/^Temperature beyond its limit · \S/),
      detail: 'CPU Temp reads 67 °C, at or above its warning limit of 65 °C.',
      numbers: { value: 67, limit: 65 },
      captures: { host: 'web-1', sensor: 'CPU Temp' },
      labels: { component: 'temperature', sensor: 'CPU Temp' },
      hosts: [{ name: 'web-1', count: 1 }],
      service: 'hardware',
      runbook: 'server-overheating',
      exemplars: [{ text: 'CPU Temp | 67 °C | warning | upper warning 65 °C, upper critical 80 °C' }],
    });
    expect(subject.temperature(68)).toEqual([]);
    expect(subject.temperature(81)).toEqual([`hit ${overheated} critical`]);
    const [warning, critical] = subject.said;
    expect(critical?.kind === 'hit' && warning?.kind === 'hit' && critical.fingerprint).toBe(
      warning?.kind === 'hit' && warning.fingerprint,
    );
    for (const value of [79, 78, 79]) expect(subject.temperature(value)).toEqual([]);
    expect(subject.temperature(78)).toEqual([`hit ${overheated} warning`]);
    expect(subject.temperature(50)).toEqual([]);
    expect(subject.temperature(50)).toEqual([`clear ${overheated}`]);
    expect(subject.last).toMatchObject({
      hosts: [{ name: 'web-1', lastSeen: new Date(subject.now).toISOString() }],
      captures: { host: 'web-1', sensor: 'CPU Temp' },
    });
    expect(subject.temperature(50)).toEqual([]);
  });

  it('says the number of its sensor, as its events do', () => {
    const subject = new Subject();
    const read = { sensor: 'Temp (Processor 1)', sensorNumber: 14, value: 90, thresholds: limits };
    subject.poll([read]);
    expect(subject.last).toMatchObject({ labels: { sensor: read.sensor, sensor_number: '0x0e' } });
  });

  it('is told at once where it is critical, and not where it is one warning alone', () => {
    const subject = new Subject();
    for (const value of [66, 64, 66, 64, 66]) expect(subject.temperature(value)).toEqual([]);
    expect(subject.temperature(90)).toEqual([`hit ${overheated} critical`]);
  });

  it('takes twice as long to end just within the limit', () => {
    const subject = new Subject();
    subject.temperature(66);
    subject.temperature(66);
    for (const value of [64.5, 64.5, 64.5]) expect(subject.temperature(value)).toEqual([]);
    expect(subject.temperature(64.5)).toEqual([`clear ${overheated}`]);
  });

  it('neither fails nor heals where it reads nothing', () => {
    const subject = new Subject();
    subject.temperature(90);
    for (const status of ['unknown', 'absent', 'unknown', 'absent', 'unknown'] as const)
      expect(subject.poll([{ sensor: 'CPU Temp', status, thresholds: limits }])).toEqual([]);
    for (let failures = 1; failures < 10; failures++) subject.failed('unreachable', failures);
    expect(subject.said.filter(({ rule }) => rule === overheated)).toHaveLength(1);
    expect(subject.machine.due(subject.now + hourMs, 10 * minuteMs)).toMatchObject([
      { rule: overheated, severity: 'critical', count: 1 },
      { rule: 'hardware.bmc-unreachable' },
    ]);
    expect(subject.machine.due(subject.now + hourMs + minuteMs, 10 * minuteMs)).toEqual([]);
  });

  it('is not judged where the configuration ignores it', () => {
    const subject = new Subject();
    const read = { sensor: 'CPU Temp', value: 99, thresholds: limits, ignored: true as const };
    expect(subject.poll([read])).toEqual([]);
  });

  it('is told in Chinese', () => {
    const subject = new Subject({ language: 'zh-CN' });
    subject.poll([
      { sensor: 'FAN3', sensorKind: 'fan', unit: 'RPM', value: 300, thresholds: { lowerCritical: 400 } },
    ]);
    expect(subject.last).toMatchObject({
      title: '风扇转速越界或故障 · web-1 FAN3',
      detail: 'FAN3 读数 300 RPM，达到或低于严重阈值 400 RPM。',
    });
  });

  it('is no failure of a fan or a voltage while the power is off, nor its recovery', () => {
    const subject = new Subject();
    const fan = (value: number): Read => ({
      sensor: 'FAN1',
      sensorKind: 'fan',
      value,
      thresholds: { lowerCritical: 400 },
    });
    for (let times = 0; times < 5; times++) expect(subject.poll([fan(0)], { power: 'off' })).toEqual([]);
    expect(subject.poll([fan(0)])).toEqual(['hit hardware.reading-fan critical']);
    for (let times = 0; times < 5; times++) expect(subject.poll([fan(5000)], { power: 'off' })).toEqual([]);
    subject.poll([fan(5000)]);
    expect(subject.poll([fan(5000)])).toEqual(['clear hardware.reading-fan']);
  });
});

describe('a state', () => {
  it.each([
    ['PS1 Status', 'Power Supply 1', 'Failure detected', 'hardware.reading-power-supply', 'power-supply'],
    ['PS Redundancy', undefined, 'Redundancy Lost', 'hardware.reading-power-supply', 'power-supply'],
    ['Drive 3', 'Drive Bay 3', 'Drive Fault', 'hardware.reading-disk', 'disk'],
    ['Chassis intrusion', 'Chassis', 'intrusion', 'hardware.reading-chassis', 'chassis'],
    ['Chassis cooling fault', 'Chassis', 'cooling fault', 'hardware.reading-fan', 'fan'],
    ['DIMM_A1', 'Memory Device 1', 'Uncorrectable ECC', 'hardware.reading-memory', 'memory'],
    ['CPU1 Status', 'Processor 1', 'Thermal Trip', 'hardware.reading-processor', 'processor'],
    ['Xyzzy', undefined, 'State Asserted', 'hardware.reading-other', 'other'],
  ])('of %s is a finding of its part', (sensor, entity, state, rule, component) => {
    const subject = new Subject();
    const read = { sensor, sensorKind: 'state' as const, ...(entity !== undefined && { entity }) };
    expect(subject.poll([{ ...read, states: [state], status: 'critical' }])).toEqual([
      `hit ${rule} critical`,
    ]);
    expect(subject.last).toMatchObject({ detail: `${sensor} says: ${state}.`, labels: { component } });
    subject.poll([{ ...read, states: [], status: 'ok' }]);
    expect(subject.poll([{ ...read, states: [], status: 'ok' }])).toEqual([`clear ${rule}`]);
  });
});

describe("the machine's own resources", () => {
  const cpu = (value: number): Read => ({
    sensor: 'CPU usage',
    sensorKind: 'percent',
    unit: '%',
    value,
    thresholds: { upperWarning: 95 },
  });
  const disk = (value: number): Read => ({
    sensor: 'File system /var',
    sensorKind: 'percent',
    unit: '%',
    value,
    thresholds: { upperWarning: 85, upperCritical: 95 },
  });

  it('are told of a disk that is busy without a pause for half an hour, and of its rates sooner', () => {
    const busy = (sensor: string, value: number): Read => ({
      ...{ sensor, value, thresholds: { upperWarning: 98 } },
      ...(sensor.endsWith('busy')
        ? { sensorKind: 'percent', unit: '%' }
        : { sensorKind: 'rate', unit: 'By/s' }),
    });
    const pollsUntilTold = (sensor: string, values: (poll: number) => number) => {
      const subject = new Subject({}, 'system');
      for (let polls = 1; polls <= 200; polls++) {
        const said = subject.poll([busy(sensor, values(polls))]);
        if (said.length === 0) continue;
        expect(said).toEqual(['hit system.disk-io warning']);
        return polls;
      }
      return undefined;
    };
    expect(pollsUntilTold('Disk sda busy', () => 99)).toBe(61);
    expect(pollsUntilTold('Disk sda busy', (polls) => (polls % 60 === 0 ? 90 : 100))).toBeUndefined();
    expect(pollsUntilTold('Disk sda read', () => 99)).toBe(11);
  });

  it('are told of a processor that is busy for five minutes, and of a full file system at once', () => {
    const subject = new Subject({}, 'system');
    for (let times = 0; times < 10; times++) expect(subject.poll([cpu(99)])).toEqual([]);
    expect(subject.poll([cpu(99)])).toEqual(['hit system.cpu warning']);
    expect(subject.last).toMatchObject({
      service: 'system',
      type: 'system',
      labels: { component: 'processor' },
    });
    expect(subject.poll([disk(96)])).toEqual(['hit system.disk critical']);
    expect(subject.last).toMatchObject({
      detail: 'File system /var reads 96%, at or above its critical limit of 95%.',
    });
  });
});

describe('records', () => {
  it('of a poll without its status are judged with the next poll', () => {
    const subject = new Subject();
    const [reading] = poll(subject.now, [{ sensor: 'CPU Temp', value: 90, thresholds: limits }]);
    if (reading === undefined) throw new Error('there is a reading');
    expect(subject.take([reading])).toEqual([]);
    subject.takeOver();
    expect(subject.temperature(90)).toEqual([`hit ${overheated} critical`]);
  });

  it('that come again after a crash change nothing, and others do', () => {
    const subject = new Subject();
    const metrics = poll(subject.now, [{ sensor: 'CPU Temp', value: 90, thresholds: limits }]);
    subject.take(metrics);
    subject.takeOver();
    for (const [offset, metric] of metrics.entries())
      expect(subject.machine.has(offset, metric, subject.now)).toBe(true);
    const [next] = poll(subject.now + every, []);
    // A topic that was made anew begins with 0 again.
    expect(next && subject.machine.has(0, next, subject.now + every)).toBe(false);
  });

  const seed = 7_112_026;
  it(`lead to the same over any takeovers (seed ${seed})`, () => {
    const random = seededRandom(seed);
    let told = 0;
    for (let round = 0; round < 60; round++) {
      const [whole, broken] = [new Subject(), new Subject()];
      for (let step = 0; step < 60; step++) {
        const value = 55 + 30 * random();
        const status = { power: random() < 0.9 ? ('on' as const) : ('off' as const) };
        const failures = 1 + Math.floor(random() * 4);
        const isDown = random() < 0.2;
        const act = (subject: Subject) =>
          isDown
            ? subject.failed('unreachable', failures)
            : subject.poll(
                [
                  { sensor: 'CPU Temp', value, thresholds: limits },
                  { sensor: 'FAN1', sensorKind: 'fan', value: 100 * value },
                ],
                status,
              );
        const expected = act(whole);
        if (random() < 0.3) broken.takeOver();
        expect(act(broken)).toEqual(expected);
        told += expected.length;
      }
      expect(broken.said).toEqual(whole.said);
      expect(broken.machine.record()).toEqual(whole.machine.record());
    }
    expect(told).toBeGreaterThan(100);
  });
});

describe('what is unlike the history of a sensor', () => {
  /** Days of a quiet voltage, polled every five minutes. */
  function quiet(days: number, subject = new Subject()): Subject {
    const random = seededRandom(3);
    const end = subject.now + days * dayMs;
    while (subject.now < end) {
      subject.now += 4.5 * minuteMs;
      expect(
        subject.poll([{ sensor: 'P12V', sensorKind: 'voltage', unit: 'V', value: 12 + 0.02 * random() }]),
      ).toEqual([]);
    }
    return subject;
  }
  function hours(subject: Subject, count: number, value: number): string[] {
    const end = subject.now + count * hourMs;
    const said: string[] = [];
    while (subject.now < end) {
      subject.now += 4.5 * minuteMs;
      said.push(...subject.poll([{ sensor: 'P12V', sensorKind: 'voltage', unit: 'V', value }]));
    }
    return said;
  }

  it('is told once an hour of it is complete, and ends with it', () => {
    const subject = quiet(4);
    expect(hours(subject, 3, 11.5)).toEqual(['hit hardware.learned-limit info']);
    expect(subject.last).toMatchObject({
      numbers: { value: expect.closeTo(11.5), least: expect.closeTo(12.01, 1) },
    });
    subject.takeOver();
    expect(hours(subject, 3, 12.01)).toEqual(['clear hardware.learned-limit']);
  });

  it('is a warning where it is twice as far beyond', () => {
    expect(hours(quiet(4), 3, 11.1)).toEqual(['hit hardware.learned-limit warning']);
  });

  it('becomes the usual after a day', () => {
    const subject = quiet(4);
    expect(hours(subject, 30, 11.5)).toEqual([
      'hit hardware.learned-limit info',
      'clear hardware.learned-limit',
    ]);
  });

  it('is not told before the history is long enough, nor where learning is off', () => {
    expect(hours(quiet(2), 3, 10)).toEqual([]);
    expect(hours(quiet(4, new Subject({ hardware: { learn: { enabled: false } } })), 3, 10)).toEqual([]);
  });
});
