import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Reading, SelEvent, ServerStatus } from '#shared/model/index.ts';
import { columnsOf } from '../cut-to-columns.ts';
import { gauge } from './gauge.ts';
import { livePage } from './live-page.ts';
import { overview, tally } from './overview.ts';
import { exitCodeOf, type ServerReport } from './server-report.ts';
import { type ServerView, serverView } from './server-view.ts';
import { trendLine } from './trend-line.ts';

const at = '2026-11-21T12:00:00.000Z';
const common = { id: 'x', timestamp: at, source: 'ipmi', server: 'db-1', host: 'db-1' } as const;

function reading(sensor: string, more: Partial<Reading>): Reading {
  return { kind: 'reading', ...common, sensor, sensorKind: 'temperature', status: 'ok', ...more };
}

function status(more: Partial<ServerStatus> = {}): ServerStatus {
  return {
    kind: 'status',
    ...common,
    outcome: 'ok',
    failures: 0,
    tookMs: 812,
    power: 'on',
    health: 'ok',
    ...more,
  };
}

function event(more: { time: string; description: string; name: string }): SelEvent {
  return {
    '@timestamp': more.time,
    message: 'a line',
    log: { level: 'critical' },
    event: {
      id: more.time,
      module: 'ipmi',
      dataset: 'ipmi.sel',
      kind: 'event',
      severity: 2,
      action: 'assert',
      created: at,
    },
    host: { name: 'db-1' },
    observer: { name: 'db-1', type: 'bmc' },
    service: { name: 'hardware' },
    ecs: { version: '8.11.0' },
    ipmi: {
      generation: 0,
      sensor: { name: more.name, number: 1, type: 'Temperature', type_code: 1 },
      event: { direction: 'asserted', description: more.description, class: 'threshold' },
      reading: { value: 97, threshold: 95, unit: 'degrees C' },
      time: { offset_ms: 0, preinit: false, source: 'bmc' },
      severity: 'critical',
    },
  };
}

const cpu = reading('CPU Temp', {
  value: 97,
  unit: 'Cel',
  status: 'critical',
  thresholds: { upperWarning: 65, upperCritical: 80 },
});
const report: ServerReport = {
  server: 'db-1',
  bmc: '10.0.0.11',
  port: 623,
  host: 'db-1',
  attempts: 1,
  status: status({
    health: 'critical',
    temperatureMean: 60.5,
    fanMin: 5600,
    sel: { entries: 500, percentUsed: 100, overflow: true },
  }),
  faults: ['drive fault'],
  readings: [
    reading('Inlet Temp', { value: 24, unit: 'Cel', thresholds: { lowerCritical: 5, upperCritical: 45 } }),
    cpu,
    reading('PSU1 Status', { sensorKind: 'state', states: ['Presence detected'] }),
    reading('Fan 9', { sensorKind: 'fan', status: 'absent' }),
  ],
  events: [
    event({ time: '2026-11-21T11:59:00.000Z', name: 'CPU Temp', description: 'Upper Critical going high' }),
  ],
};
const away: ServerReport = {
  ...report,
  server: 'db-2',
  status: status({
    outcome: 'unreachable',
    health: 'unknown',
    power: 'unknown',
    reason: 'no answer in 20 s',
  }),
  readings: [],
  events: [],
};
const look: ServerView = {
  language: 'en',
  columns: 100,
  isTerminal: false,
  sensors: 'read',
  trends: new Map([['CPU Temp', [40, undefined, 50, 97]]]),
  trendHours: 6,
};

describe('the view of a server', () => {
  it('has what is wrong first, each with value, limit, gauge, trend and mark', () => {
    const lines = serverView(report, look).split('\n');
    expect(lines[0]).toBe('[CRITICAL] db-1 · 10.0.0.11 · power on');
    expect(lines[1]).toBe(
      '  1 critical, 0 warning, 2 ok of 4 sensors · ⌀ 60.5 °C · Fans ≥ 5600 RPM · 0.812 s',
    );
    expect(lines[2]).toBe('  Chassis: drive fault');
    const wrong = lines.indexOf('  Not well');
    expect(lines[wrong + 1]).toMatch(/^ {2}\[CRITICAL\] CPU Temp +97 °C ≥ 80 ─{13}┊─{2}│─{3}● ▁ ▂█$/);
    const well = lines.findIndex((line) => line.includes('Inlet Temp'));
    expect(well).toBeGreaterThan(wrong + 1);
    expect(lines[well]).toMatch(/^ {2}\[OK\] {7}Inlet Temp +24 °C +│─{9}●─{9}│$/);
    expect(lines).toContain('  [OK]       PSU1 Status Presence detected');
    expect(lines).toContain('  1 sensor gives no reading (--all names them)');
    expect(lines).toContain(
      '  Event log: 500 entries, 100% full · FULL: new events are lost; save and clear it',
    );
    expect(lines.at(-2)).toMatch(
      /^ {2}\[CRITICAL\] 2026-11-2\d \d\d:59:00 {2}Temperature CPU Temp {2}Upper Critical going high {2}97 degrees C \(95\)$/,
    );
  });

  it('is in Chinese, with the marks as they are', () => {
    const text = serverView(report, { ...look, language: 'zh-CN' });
    expect(text).toContain('[CRITICAL] db-1 · 10.0.0.11 · 电源 开机');
    expect(text).toContain('严重 1，警告 0，正常 2，共 4 个传感器');
    expect(text).toContain('事件日志：500 条，已用 100% · 已满');
  });

  it('has colours on a terminal alone, and the words are the same', () => {
    const coloured = serverView(report, { ...look, isTerminal: true });
    expect(stripVTControlCharacters(coloured)).toBe(serverView(report, look));
  });

  it('of a server that does not answer says why', () => {
    expect(serverView(away, look)).toBe(
      '[UNKNOWN]  db-2 · db-1 · 10.0.0.11 · UNREACHABLE\n  no answer in 20 s\n',
    );
  });

  it.each([40, 60, 80, 120, 200])('fits into %i columns whatever sensors are called', (columns) => {
    const hostile = [
      '\u001b[2J\u001b[31mred\u0007',
      '\u202egnp.exe\u202c',
      '中央处理器一号温度传感器非常长的名字还要更长一些',
      'a\nb\tc\r',
      'e\u0301'.repeat(40),
      '👩‍👩‍👧‍👦'.repeat(12),
      'x'.repeat(500),
    ];
    const worst: ServerReport = {
      ...report,
      server: hostile[0] ?? '',
      faults: hostile,
      readings: hostile.flatMap((name) => [
        { ...cpu, sensor: name, unit: name },
        reading(name, { sensorKind: 'state', states: [name, name] }),
        reading(name, { sensorKind: 'state', states: [] }),
      ]),
      events: hostile.map((name) => event({ time: at, name, description: name })),
    };
    const views = [
      serverView(worst, { ...look, columns }),
      serverView({ ...away, status: { ...away.status, reason: hostile.join(' ') } }, { ...look, columns }),
      overview([worst, away], { ...look, columns }).join('\n'),
    ];
    for (const text of views) {
      for (const line of text.split('\n')) {
        expect(columnsOf(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
      expect(text.split('\n').length).toBeLessThan(40);
    }
  });
});

describe('the view of several servers', () => {
  it('is one line each, the worst first, and a count', () => {
    const well = { ...report, server: 'app-1', status: status(), readings: [], events: [] };
    const lines = overview([well, away, report], look);
    expect(lines.map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      ' SERVER',
      '[CRITICAL] db-1',
      '[UNKNOWN] db-2',
      '[OK] app-1',
    ]);
    expect(lines[1]).toMatch(/on +60\.5 °C +5600 RPM +CPU Temp 97 °C$/);
    expect(lines[2]).toMatch(/UNREACHABLE: no answer in 20 s$/);
    expect(tally([well, away, report], look)).toBe('3 servers: 1 critical, 0 warning, 1 not answering');
  });

  it.each([
    [3, 80],
    [10, 60],
    [24, 100],
    [60, 120],
  ])('on a screen of %i rows and %i columns has no more lines and columns than those', (rows, columns) => {
    const page = (servers: readonly ServerReport[]) =>
      livePage(
        servers.map((one) => ({ report: one, trends: look.trends })),
        {
          rows,
          columns,
          flags: {},
          config: { language: 'en' },
          seconds: 30,
          warnings: [],
          total: servers.length,
        },
      );
    for (const servers of [[], [report], [report, away], Array.from({ length: 200 }, () => away)]) {
      const lines = page(servers);
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines)
        expect(columnsOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
      expect(lines.at(-1)).toContain('every 30 s');
    }
    expect(page(Array.from({ length: 200 }, () => away)).at(-2)).toContain('more lines');
  });
});

it('says by its exit code what was found: who does not answer goes first', () => {
  const warned = { ...report, status: status({ health: 'warning' }) };
  expect([[], [warned], [warned, report], [report, away]].map(exitCodeOf)).toEqual([0, 0, 1, 3]);
});

describe('gauge', () => {
  it.each([
    [50, { upperWarning: 65, upperCritical: 80 }, '─────●─┊│'],
    [90, { upperWarning: 65, upperCritical: 80 }, '──────┊│●'],
    [0, { upperCritical: 80 }, '●───────│'],
    [3000, { lowerWarning: 1000, lowerCritical: 500 }, '│─┊─────●'],
    [400, { lowerCritical: 500 }, '●│───────'],
    [12, { lowerCritical: 11, upperCritical: 13 }, '│───●───│'],
    [5, { lowerCritical: 5, upperCritical: 5 }, '●────────'],
    [5, {}, '         '],
    [Number.NaN, { upperCritical: 5 }, '         '],
    [undefined, { upperCritical: 5 }, '         '],
  ])('%d within %j', (value, limits, expected) => {
    expect(gauge(value, limits, 9)).toBe(expected);
  });
});

describe('trend', () => {
  it.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█'],
    [[8, undefined, 1], '█ ▁'],
    [[20, 20.1, 20], '▁▂▁'],
    [[0, 0], '▁▁'],
    [[undefined], ' '],
    [[], ''],
  ])('of %j', (means, expected) => {
    expect(trendLine(means)).toBe(expected);
  });
});
