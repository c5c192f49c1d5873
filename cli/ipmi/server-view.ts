import colours from 'yoctocolors';
import type { Config } from '#shared/config/index.ts';
import type { Reading, SelEvent, SensorKind, SensorStatus } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';
import { columnsOf, cutToColumns } from '../cut-to-columns.ts';
import { crossedLimit, figure, span, withUnit } from './figures.ts';
import { gauge } from './gauge.ts';
import { mark, markColumns, padEnd, padStart, serverMark } from './marks.ts';
import type { ServerReport } from './server-report.ts';
import { trendLine } from './trend-line.ts';
import { type IpmiWording, ipmiWording } from './wording.ts';

export interface ViewLook {
  readonly language: Config['language'];
  readonly columns: number;
  readonly isTerminal: boolean;
}

export interface ServerView extends ViewLook {
  /** `wrong`: sensors that are not well; `read`: all that give a reading; `all`: the others by name, too. */
  readonly sensors: 'wrong' | 'read' | 'all';
  /** Means of the last hours by sensor, the oldest first; none where nothing is stored. */
  readonly trends: ReadonlyMap<string, readonly (number | undefined)[]>;
  readonly trendHours: number;
}

const kindOrder: readonly SensorKind[] = [
  'temperature',
  'fan',
  'power',
  'voltage',
  'current',
  'percent',
  'rate',
  'count',
  'state',
  'other',
];
/** Width of a page where the output is no terminal. */
export const defaultColumns = 120;

const gaugeColumns = 21;
const mostNameColumns = 28;

/** All that is to be said of one server, what is wrong first. Texts of BMCs are shown, never obeyed, and cut to the width. */
export function serverView(report: ServerReport, view: ServerView): string {
  const words = ipmiWording(view.language);
  const lines = [head(report, words, view)];
  if (report.status.outcome !== 'ok') {
    lines.push(cut(`  ${report.status.reason ?? ''}`, view));
    return `${lines.join('\n')}\n`;
  }
  lines.push(...summary(report, words, view));
  const isWrong = ({ status }: Reading): boolean => status === 'critical' || status === 'warning';
  const isRead = ({ status }: Reading): boolean => status !== 'unknown' && status !== 'absent';
  const rows = sensorRows(report.readings, view);
  const wrong = report.readings.filter(isWrong).sort(worse);
  if (wrong.length > 0) lines.push('', `  ${words.wrong}`, ...wrong.map(rows));
  const well = report.readings.filter((reading) => isRead(reading) && !isWrong(reading));
  if (view.sensors === 'wrong') {
    if (well.length > 0) lines.push('', cut(`  ${words.okHidden(well.length)}`, view));
  } else
    for (const kind of kindOrder) {
      const ofKind = well.filter(({ sensorKind }) => sensorKind === kind);
      const telling = ofKind.filter(isTelling);
      const quiet = ofKind.filter((reading) => !isTelling(reading));
      if (ofKind.length > 0)
        lines.push('', `  ${words.kinds[kind]}`, ...telling.map(rows), ...named(quiet, view));
    }
  const silent = report.readings.filter((reading) => !isRead(reading));
  if (view.sensors === 'all') {
    if (silent.length > 0) lines.push('', ...silent.map(rows));
  } else if (view.sensors === 'read' && silent.length > 0)
    lines.push('', cut(`  ${words.notRead(silent.length)}`, view));
  lines.push('', ...eventRows(report, words, view));
  return `${lines.join('\n')}\n`;
}

function head(
  { server, bmc, status, host, group }: ServerReport,
  words: IpmiWording,
  view: ServerView,
): string {
  const power = `${words.power} ${words.powers[status.power]}`;
  const state = status.outcome === 'ok' ? power : words.outcomes[status.outcome];
  const names = [server, ...(host === server ? [] : [host]), bmc, ...(group === undefined ? [] : [group])];
  const title = cutToColumns(printable([...names, state].join(' · ')), view.columns - markColumns - 1);
  return `${serverMark(status, view.isTerminal)} ${view.isTerminal ? colours.bold(title) : title}`;
}

function summary(report: ServerReport, words: IpmiWording, view: ServerView): string[] {
  const { status, readings, faults, attempts } = report;
  const counts: Record<SensorStatus, number> = { critical: 0, warning: 0, ok: 0, unknown: 0, absent: 0 };
  for (const reading of readings) counts[reading.status] += 1;
  const offset = status.clockOffsetMs ?? 0;
  const parts = [
    words.counts(counts, readings.length),
    ...(status.temperatureMean === undefined ? [] : [`⌀ ${withUnit(status.temperatureMean, 'Cel')}`]),
    ...(status.fanMin === undefined ? [] : [`${words.kinds.fan} ≥ ${withUnit(status.fanMin, 'RPM')}`]),
    ...(status.powerWatts === undefined ? [] : [withUnit(status.powerWatts, 'W')]),
    words.took(figure(status.tookMs / 1000), attempts),
  ];
  return [
    cut(`  ${parts.join(' · ')}`, view),
    ...(faults.length === 0 ? [] : [cut(`  ${words.faults}: ${faults.join(', ')}`, view)]),
    ...(Math.abs(offset) < 60_000
      ? []
      : [cut(`  ${words.clock(`${offset < 0 ? '−' : '+'}${span(Math.abs(offset))}`)}`, view)]),
  ];
}

function worse(a: Reading, b: Reading): number {
  const rank = ({ status }: Reading): number => (status === 'critical' ? 0 : 1);
  return rank(a) - rank(b) || kindOrder.indexOf(a.sensorKind) - kindOrder.indexOf(b.sensorKind);
}

/** How the sensors of one server are written: columns as wide as the widest of them, the least important left out where there is no room. */
function sensorRows(readings: readonly Reading[], view: ServerView): (reading: Reading) => string {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(columnsOf));
  const room = Math.max(4, Math.min(mostNameColumns, view.columns - (2 + markColumns + 4)));
  const nameOf = ({ sensor }: Reading): string => cutToColumns(printable(sensor), room);
  const measured = readings.filter(({ value }) => value !== undefined);
  const nameColumns = widest(readings.map(nameOf));
  const valueColumns = widest(measured.map(measureOf));
  const limitColumns = widest(measured.map(crossedLimit));
  const trendColumns = Math.max(0, ...[...view.trends.values()].map((means) => means.length));
  return (reading) => {
    const row = [`  ${mark(reading.status, view.isTerminal)}`, padEnd(nameOf(reading), nameColumns)];
    let left = view.columns - (2 + markColumns + 1 + nameColumns + 1);
    if (reading.value === undefined || reading.sensorKind === 'state') {
      row.push(cutToColumns(printable((reading.states ?? []).join(', ')), Math.max(1, left)));
      return row.join(' ').trimEnd();
    }
    const add = (text: string, columns: number): void => {
      if (columns === 0 || left < columns) return;
      row.push(text);
      left -= columns + 1;
    };
    add(padStart(measureOf(reading), valueColumns), valueColumns);
    add(padEnd(crossedLimit(reading), limitColumns), limitColumns);
    add(gauge(reading.value, reading.thresholds ?? {}, gaugeColumns), gaugeColumns);
    add(trendLine(view.trends.get(reading.sensor) ?? []), trendColumns);
    return row.join(' ').trimEnd();
  };
}

/** Whether there is more to be said of a sensor than that it is well. */
function isTelling({ value, states = [] }: Reading): boolean {
  return value !== undefined || states.length > 0;
}

/** Sensors that are well and say nothing, by name, on as few lines as they need. */
function named(readings: readonly Reading[], view: ServerView): string[] {
  if (readings.length === 0) return [];
  const start = `  ${mark('ok', view.isTerminal)} `;
  const room = Math.max(4, view.columns - (2 + markColumns + 1));
  const lines: string[] = [];
  let line = '';
  for (const { sensor } of readings) {
    const name = cutToColumns(printable(sensor), Math.min(mostNameColumns, room - 1));
    if (line !== '' && columnsOf(line) + columnsOf(name) + 3 > room) {
      lines.push(`${line},`);
      line = '';
    }
    line += line === '' ? name : `, ${name}`;
  }
  lines.push(line);
  return lines.map((text, index) => `${index === 0 ? start : ' '.repeat(2 + markColumns + 1)}${text}`);
}

function measureOf({ value, unit }: Reading): string {
  return value === undefined ? '' : printable(withUnit(value, unit));
}

function eventRows(
  { events, status: { sel } }: ServerReport,
  words: IpmiWording,
  view: ServerView,
): string[] {
  const parts = [
    ...(sel === undefined ? [] : [words.log(sel.entries, sel.percentUsed)]),
    ...(sel?.overflow === true ? [words.logFull] : []),
    ...(events.length === 0 ? [words.noEvents] : []),
  ];
  const head = cut(`  ${parts.join(' · ')}`, view);
  const isAlarm = sel?.overflow === true && view.isTerminal;
  return [isAlarm ? colours.red(head) : head, ...events.map((event) => eventRow(event, view))];
}

function eventRow(event: SelEvent, view: ServerView): string {
  const { sensor, event: what, reading, severity } = event.ipmi;
  const measured =
    reading?.value === undefined
      ? []
      : [
          `${withUnit(reading.value, reading.unit)}${reading.threshold === undefined ? '' : ` (${figure(reading.threshold)})`}`,
        ];
  const text = [
    localMoment(event['@timestamp']),
    [sensor?.type, sensor?.name].filter((part) => part !== undefined).join(' '),
    what.description,
    ...[what.part, what.detail].filter((part) => part !== undefined),
    ...measured,
    ...(what.direction === 'deasserted' ? ['deasserted'] : []),
  ];
  const shown = printable(text.filter((part) => part !== '').join('  '));
  return `  ${mark(severity, view.isTerminal)} ${cutToColumns(shown, view.columns - markColumns - 3)}`;
}

/** By the clock of this machine, as the events are compared with what people saw. */
export function localMoment(timestamp: string): string {
  const moment = new Date(timestamp);
  const part = (value: number): string => String(value).padStart(2, '0');
  const date = `${moment.getFullYear()}-${part(moment.getMonth() + 1)}-${part(moment.getDate())}`;
  return `${date} ${[moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(part).join(':')}`;
}

function cut(line: string, { columns }: ServerView): string {
  return cutToColumns(printable(line), columns);
}
