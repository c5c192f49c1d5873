import { describe, expect, it } from 'vitest';
import { Clear, Hit } from '#shared/model/index.ts';
import { eventOf, logEventOf, Machine, midnight, said } from './testing/bmc.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const hotAt = (at: number, record: number) => eventOf(said.hot, { at: midnight + at, record });
const wellAt = (at: number, record: number) => eventOf(said.hot, { at: midnight + at, record, isOver: true });

describe('judgeEvents', () => {
  it('tells what is critical at once, and its end, with where, what to do and the line', () => {
    const machine = new Machine().take(eventOf(said.tooHot, { at: midnight, record: 1 }));
    const [hit] = machine.told;
    expect(Hit.parse(hit)).toMatchObject({
      rule: 'hardware.temperature',
      severity: 'critical',
      runbook: 'server-overheating',
      service: 'hardware',
      type: 'ipmi',
      hosts: [{ name: 'db-1', count: 1 }],
      captures: { host: 'db-1', sensor: 'CPU Temp' },
      labels: {
        component: 'temperature',
        sensor: 'CPU Temp',
        sensor_number: expect.stringMatching(/^0x..$/),
      },
      detail: 'CPU Temp: Upper Critical going high',
      quietAfterMs: 7 * day,
      exemplars: [
        { id: 'db-1-0-1', text: expect.stringContaining('| Temperature CPU Temp | Upper Critical') },
      ],
    });
    machine.take(eventOf(said.tooHot, { at: midnight + minute, record: 2, isOver: true }));
    expect(Clear.parse(machine.told[1])).toMatchObject({
      rule: 'hardware.temperature',
      purpose: 'resolved-by',
      captures: { host: 'db-1', sensor: 'CPU Temp' },
      hosts: [{ name: 'db-1', lastSeen: new Date(midnight + minute).toISOString() }],
    });
    expect(machine.told).toHaveLength(2);
  });

  it('waits with what is below critical, and tells nobody where it heals in time', () => {
    const machine = new Machine().take(hotAt(0, 1)).tick(midnight + 30 * second);
    machine.take(wellAt(40 * second, 2)).tick(midnight + 5 * minute);
    expect(machine.words).toEqual([]);
    expect(machine.healed).toEqual(['temperature']);
  });

  it('tells what has not healed in time, once, and its end', () => {
    const machine = new Machine().take(hotAt(0, 1)).tick(midnight + 60 * second);
    expect(machine.words).toEqual([]);
    machine.tick(midnight + 67 * second).tick(midnight + 10 * minute);
    expect(machine.words).toEqual(['hardware.temperature-high warning CPU Temp x1']);
    expect(machine.told[0]).toMatchObject({ detail: expect.stringContaining('not over after 60 s') });
    machine.take(wellAt(20 * minute, 2));
    expect(machine.words.slice(1)).toEqual(['over hardware.temperature-high CPU Temp']);
  });

  it('waits from when it watches, for an end that is on its way', () => {
    const machine = new Machine().take(hotAt(0, 1));
    expect(machine.tick(midnight + hour, midnight + hour - second).words).toEqual([]);
    expect(machine.tick(midnight + hour + 65 * second, midnight + hour - second).words).toHaveLength(1);
  });

  it('carries one incident on where the limit beyond is crossed, and ends it when both are over', () => {
    const machine = new Machine().take(hotAt(0, 1)).tick(midnight + 2 * minute);
    machine.take(eventOf(said.tooHot, { at: midnight + 3 * minute, record: 2 }));
    const [first, second] = machine.told;
    expect(machine.words).toEqual([
      'hardware.temperature-high warning CPU Temp x1',
      'hardware.temperature critical CPU Temp x1',
    ]);
    expect(first).toHaveProperty('fingerprint');
    expect(second).toMatchObject({ fingerprint: first?.kind === 'hit' ? first.fingerprint : '' });
    machine.take(eventOf(said.tooHot, { at: midnight + 4 * minute, record: 3, isOver: true }));
    expect(machine.told).toHaveLength(2);
    machine.take(wellAt(5 * minute, 4)).tick(midnight + 10 * minute);
    expect(machine.words.slice(2)).toEqual(['over hardware.temperature CPU Temp']);
  });

  it('takes the end of a limit for that of the limits beyond it', () => {
    const machine = new Machine().take(eventOf(said.tooHot, { at: midnight, record: 1 }));
    machine.take(wellAt(minute, 2));
    expect(machine.words.at(-1)).toBe('over hardware.temperature CPU Temp');
  });

  it.each([
    ['a reading that comes back', said.hot, said.notHot, false, 'hardware.temperature-high'],
    ['redundancy that is full again', said.lost, said.full, false, 'hardware.redundancy'],
    ['a rebuild that is done', said.driveFault, said.rebuild, true, 'hardware.drive-fault'],
  ] as const)('ends by %s', (_, begins, ends, isOver, rule) => {
    const machine = new Machine()
      .take(eventOf(begins, { at: midnight, record: 1 }))
      .tick(midnight + 2 * minute);
    machine.take(eventOf(ends, { at: midnight + hour, record: 2, isOver }));
    expect(machine.told.map((signal) => `${signal.kind} ${signal.rule}`)).toEqual([
      `hit ${rule}`,
      `clear ${rule}`,
    ]);
  });

  it('tells of a part that was taken out, until it is there again', () => {
    const machine = new Machine().take(eventOf(said.supplyThere, { at: midnight, record: 1, isOver: true }));
    machine.tick(midnight + 2 * minute);
    machine.take(eventOf(said.supplyThere, { at: midnight + hour, record: 2 }));
    expect(machine.words).toEqual([
      'hardware.part-removed warning PS1 Status x1',
      'over hardware.part-removed PS1 Status',
    ]);
  });

  it('does not take a cleared log for a mended machine, and hears the end in the new log', () => {
    const machine = new Machine()
      .take(eventOf(said.supplyFailed, { at: midnight, record: 40 }))
      .tick(midnight + 2 * minute);
    machine.take(logEventOf('cleared', { at: midnight + hour, generation: 1 }));
    expect(machine.words).toEqual([
      'hardware.power-supply warning PS1 Status x1',
      'hardware.event-log-cleared info SEL x1',
    ]);
    machine.take(
      eventOf(said.supplyFailed, { at: midnight + 2 * hour, record: 1, generation: 1, isOver: true }),
    );
    expect(machine.words.at(-1)).toBe('over hardware.power-supply PS1 Status');
  });

  it('tells of a log that is full until there is room', () => {
    const machine = new Machine().take(logEventOf('overflow', { at: midnight })).tick(midnight + 2 * minute);
    machine.take(logEventOf('cleared', { at: midnight + hour, generation: 1 }));
    expect(machine.words).toEqual([
      'hardware.event-log-overflow warning SEL x1',
      'over hardware.event-log-overflow SEL',
      'hardware.event-log-cleared info SEL x1',
    ]);
    expect(machine.told[0]).toMatchObject({ labels: { component: 'event-log' } });
  });

  it('tells of what only happens at once, again each time, and leaves its end to quiet', () => {
    const machine = new Machine();
    machine.take(
      ...[1, 2].map((record) => eventOf(said.uncorrectable, { at: midnight, record, part: 'DIMM 3' })),
    );
    machine.take(eventOf(said.eccLimit, { at: midnight, record: 3 }));
    expect(machine.words).toEqual([
      'hardware.memory-uncorrectable critical DIMM_A1 DIMM 3 x2',
      'hardware.memory-ecc-limit warning DIMM_A1 x1',
    ]);
    for (const hit of machine.told) expect(hit).not.toHaveProperty('quietAfterMs');
  });

  it('tells by the tables what no rule knows, and nothing of what they call harmless', () => {
    const machine = new Machine().take(
      eventOf(said.odd, { at: midnight, record: 1 }),
      eventOf(said.boot, { at: midnight, record: 2 }),
    );
    machine.tick(midnight + 2 * minute);
    expect(machine.words).toEqual(['hardware.other warning Riser 1 x1']);
    expect(machine.told[0]).toMatchObject({
      title: 'Other hardware event · db-1 Riser 1',
      runbook: expect.any(String),
      detail: expect.stringContaining('Transition to Degraded'),
    });
  });

  it('makes one of the records over which a text of a maker or of a panic is spread', () => {
    const record = (text: string, number: number) => {
      const { event, ...rest } = eventOf(said.odd, { at: midnight, record: number });
      const { sensor: _, ...ipmi } = event.ipmi;
      const what = { direction: 'asserted', description: text, class: 'oem' } as const;
      return { ...rest, event: { ...event, ipmi: { ...ipmi, event: what, severity: 'critical' as const } } };
    };
    const machine = new Machine().take(record('Fatal exce', 1), record('ption in i', 2));
    expect(machine.words).toEqual(['hardware.other critical OEM record x2']);
  });

  it('tells once of what comes and goes, and when it is steady again', () => {
    const machine = new Machine();
    for (let time = 0; time < 5; time++)
      machine
        .take(hotAt(time * 5 * minute, 2 * time + 1))
        .take(wellAt(time * 5 * minute + 20 * second, 2 * time + 2));
    expect(machine.words).toEqual(['hardware.flapping warning CPU Temp x3']);
    expect(machine.told[0]).toMatchObject({ runbook: 'sensor-trend' });
    expect(machine.healed).toHaveLength(5);
    machine.tick(midnight + 70 * minute);
    expect(machine.told).toHaveLength(1);
    machine.tick(midnight + 81 * minute).tick(midnight + 3 * hour);
    expect(machine.words.slice(1)).toEqual(['over hardware.flapping CPU Temp']);
  });

  it('lets quiet end what is asserted again and again and never taken back', () => {
    const machine = new Machine();
    for (const record of [1, 2, 3]) {
      machine.take(eventOf(said.supplyFailed, { at: midnight + record * hour, record }));
      machine.tick(midnight + record * hour + 2 * minute);
    }
    expect(machine.told.map((hit) => hit.kind === 'hit' && hit.quietAfterMs)).toEqual([
      7 * day,
      7 * day,
      undefined,
    ]);
  });

  it('tells what follows an end later than the end, though the clock of the BMC was set back', () => {
    const machine = new Machine()
      .take(eventOf(said.tooHot, { at: midnight, record: 1 }))
      .take(
        eventOf(said.tooHot, { at: midnight - hour, record: 2, isOver: true, arrivedAt: midnight + minute }),
      )
      .take(eventOf(said.tooHot, { at: midnight - minute, record: 3, arrivedAt: midnight + 2 * minute }));
    const [first, over, again] = machine.told;
    if (first?.kind !== 'hit' || over?.kind !== 'clear' || again?.kind !== 'hit') expect.unreachable();
    const cleared = Date.parse(over.hosts[0]?.lastSeen ?? '');
    expect(cleared).toBeGreaterThan(Date.parse(first.lastSeen));
    expect(Date.parse(again.lastSeen)).toBeGreaterThan(cleared);
  });

  it('tells after an outage nothing of what was over long ago, and of what was critical just now', () => {
    const arrivedAt = midnight + 3 * hour;
    const pair = (what: typeof said.tooHot | typeof said.slow, at: number, record: number) => [
      eventOf(what, { at: midnight + at, record, arrivedAt }),
      eventOf(what, { at: midnight + at + 30 * second, record: record + 1, isOver: true, arrivedAt }),
    ];
    const machine = new Machine().take(...pair(said.tooHot, 0, 1), ...pair(said.slow, 3 * hour - minute, 3));
    expect(machine.words).toEqual([]);
    machine.take(...pair(said.tooHot, 3 * hour - minute, 5));
    expect(machine.words).toEqual([
      'hardware.temperature critical CPU Temp x1',
      'over hardware.temperature CPU Temp',
    ]);
  });

  it('tells sensors of the same name apart', () => {
    const [one, other] = [14, 15].map((number) => ({ ...said.tooHot, sensor: 'Temp', number }));
    if (one === undefined || other === undefined) expect.unreachable();
    const machine = new Machine().take(eventOf(one, { at: midnight, record: 1 }));
    machine.take(eventOf(other, { at: midnight, record: 2 }));
    machine.take(eventOf(one, { at: midnight + minute, record: 3, isOver: true }));
    expect(machine.words).toEqual([
      'hardware.temperature critical Temp x1',
      'hardware.temperature critical Temp #0xf x1',
      'over hardware.temperature Temp',
    ]);
  });

  it('takes an end that names no part for that of every part of its sensor', () => {
    const hot = { ...said.uncorrectable, offset: 10, words: 'Critical Overtemperature' };
    const machine = new Machine().take(
      eventOf(hot, { at: midnight, record: 1, part: 'DIMM 1' }),
      eventOf(hot, { at: midnight, record: 2, part: 'DIMM 2' }),
    );
    machine.take(eventOf(hot, { at: midnight + minute, record: 3, part: 'DIMM 2', isOver: true }));
    expect(machine.words.slice(2)).toEqual(['over hardware.memory-hot DIMM_A1 DIMM 2']);
    machine.take(eventOf(hot, { at: midnight + minute, record: 4, isOver: true }));
    expect(machine.words.slice(3)).toEqual(['over hardware.memory-hot DIMM_A1 DIMM 1']);
  });

  it('forgets what is long over, and all of a machine in the end', () => {
    const machine = new Machine().take(hotAt(0, 1)).take(wellAt(10 * second, 2));
    machine.take(eventOf(said.corrected, { at: midnight, record: 3 }));
    expect(machine.tick(midnight + 40 * day).state).toEqual({ host: 'db-1', sensors: [], modules: [] });
  });
});
