import colours from 'yoctocolors';
import type { LogSummary } from '#services/analyzer/summary/index.ts';
import type { Config } from '#shared/config/index.ts';
import { printable } from '#shared/text/printable.ts';
import { columnsOf, cutToColumns } from './cut-to-columns.ts';
import { colourSeverities } from './severity-colour.ts';
import { sparkline } from './sparkline.ts';
import { type SummaryWording, summaryWording } from './summary-wording.ts';
import { table } from './table.ts';

export interface PageLook {
  readonly language: Config['language'];
  readonly columns: number;
  readonly isTerminal: boolean;
}

/** Rows of one section. */
const maxRows = 10;
const sparkColumns = 60;
const levelOrder = ['fatal', 'error', 'warning', 'info', 'debug', 'none'] as const;

/** A summary as one page for a person. Text of logs is shown, never obeyed, and cut to the width. */
export function summaryPage(summary: LogSummary, look: PageLook): string {
  const words = summaryWording(look.language);
  const sections =
    summary.lines === 0
      ? [head(summary, words, look), nothing(summary, words), findings(summary, words, look)]
      : [
          head(summary, words, look),
          findings(summary, words, look),
          patterns(summary, words, look),
          traces(summary, words, look),
          templates(summary, words, look),
          missing(summary, words, look),
          ends(summary, words, look),
        ];
  return sections.filter((section) => section !== '').join('\n');
}

function head(
  summary: LogSummary,
  words: SummaryWording,
  { isTerminal, columns, language }: PageLook,
): string {
  const { filter, lines, usual, errors, usualErrors, levels, hosts, hostCount } = summary;
  const what = [
    filter.service ?? words.everything,
    ...(filter.type === undefined ? [] : [`${words.type} ${filter.type}`]),
    ...(filter.host === undefined ? [] : [`${words.host} ${filter.host}`]),
    ...(filter.keywords ?? []).map((keyword) => `${words.containing} "${keyword}"`),
    `${localTime(summary.from)} – ${localTime(summary.to)} ${zone(summary.to)}`,
  ];
  const title = cutToColumns(printable(what.join(' · ')), columns);
  const rows = [isTerminal ? colours.bold(title) : title];
  if (lines === 0) return `${rows.join('\n')}\n`;
  const compared = (usually: number | undefined): string =>
    usually === undefined
      ? ''
      : language === 'en'
        ? `, ${words.usually} ${number(usually)}`
        : `（${words.usually} ${number(usually)}）`;
  const total = `${number(lines)} ${words.lines}${compared(usual)}`;
  const wrong = `${number(errors)} ${words.errors}${compared(usualErrors)}`;
  const isWorse = errors > 0 && errors > 2 * (usualErrors ?? 0);
  rows.push(`${total} · ${isTerminal && isWorse ? colours.red(wrong) : wrong}`);
  if (summary.past.length === 0) rows.push(words.noPast);
  if (summary.sampled !== undefined) rows.push(words.sampled(number(summary.sampled)));
  rows.push(rate(summary, words, columns));
  const byLevel = levelOrder.flatMap((level) => {
    const count = levels[level];
    return count === undefined ? [] : [`${words.levels[level]} ${number(count)}`];
  });
  rows.push(byLevel.join(' · '));
  const shown = hosts.slice(0, 5).map(({ name, count }) => `${name} ${number(count)}`);
  if (hostCount > shown.length) shown.push(`+${hostCount - shown.length}`);
  rows.push(cutToColumns(printable(`${words.hosts}: ${shown.join(' · ')}`), columns));
  return `${rows.join('\n')}\n`;
}

function rate(
  { rate: { counts, sliceMs }, from }: LogSummary,
  words: SummaryWording,
  columns: number,
): string {
  const most = Math.max(...counts);
  const at = localTime(new Date(Date.parse(from) + counts.indexOf(most) * sliceMs).toISOString());
  const width = Math.min(sparkColumns, Math.max(10, columns - 40));
  return `${sparkline(counts, width)}  ${words.peak(number(most), duration(sliceMs), at.slice(11))}`;
}

function nothing({ otherServices }: LogSummary, words: SummaryWording): string {
  const others =
    otherServices.length === 0
      ? `${words.nobody}\n`
      : `${words.others}\n${table(
          [],
          otherServices.map(({ service, count }) => [number(count), service]),
        )}`;
  return `${words.nothing}\n${others}`;
}

function findings(summary: LogSummary, words: SummaryWording, look: PageLook): string {
  const rows = summary.findings
    .slice(0, maxRows)
    .map(({ severity, state, count, lastSeen, title, rule }) => [
      severity,
      words.states[state],
      `×${number(count)}`,
      localTime(lastSeen),
      `${title} (${rule})`,
    ]);
  return section(words.findings, rows, look);
}

function patterns(summary: LogSummary, words: SummaryWording, look: PageLook): string {
  const rows = summary.patterns
    .slice(0, maxRows)
    .map(({ severity, count, rule, title }) => [severity, number(count), `${title} (${rule})`]);
  return section(words.patterns, rows, look);
}

function traces(summary: LogSummary, words: SummaryWording, look: PageLook): string {
  const rows = summary.traces.slice(0, maxRows).flatMap(({ count, exception, message, frame, exemplar }) => [
    [number(count), message === '' ? exception : `${exception}: ${message}`],
    ['', `    ${frame}  (${localTime(exemplar.timestamp)} ${exemplar.host})`],
  ]);
  return section(words.traces, rows, look);
}

function templates(summary: LogSummary, words: SummaryWording, look: PageLook): string {
  const news = summary.templates.filter(({ isNew }) => isNew === true).slice(0, maxRows);
  const frequent = summary.templates.filter((template) => !news.includes(template)).slice(0, maxRows);
  const row = ({ count, usual, isNew, level, text }: LogSummary['templates'][number]): string[] => [
    number(count),
    ...(usual === undefined ? [] : [isNew ? '' : number(usual), change(count, usual, isNew, words)]),
    level === 'none' ? '' : words.levels[level],
    withoutTime(text),
  ];
  const titles =
    summary.past.length === 0
      ? [words.count, words.level, words.template]
      : [words.count, words.usual, words.change, words.level, words.template];
  const shown = news.length + frequent.length;
  const rest = summary.templateCount > shown ? `${words.kinds(shown, summary.templateCount)}\n` : '';
  return [
    section(words.isNew(summary.past.length), news.map(row), look, titles),
    `${section(words.frequent, frequent.map(row), look, titles)}${rest}`,
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function missing(summary: LogSummary, words: SummaryWording, look: PageLook): string {
  const rows = summary.missing.slice(0, maxRows).map(({ usual, text }) => [number(usual), withoutTime(text)]);
  return section(words.missing, rows, look, [words.usual, words.template]);
}

function ends({ first, last }: LogSummary, words: SummaryWording, { columns }: PageLook): string {
  const shown = [
    [words.first, first],
    [words.last, last],
  ] as const;
  return shown
    .map(([name, line]) =>
      line === undefined
        ? ''
        : `${cutToColumns(printable(`${name}  ${localTime(line.timestamp)}  ${line.host}  ${firstLine(line.text)}`), columns)}\n`,
    )
    .join('');
}

/** A title and columns, of which the last is cut to what is left of the width; empty where there are no rows. */
function section(
  title: string,
  rows: readonly (readonly string[])[],
  { columns, isTerminal }: PageLook,
  titles: readonly string[] = [],
): string {
  if (rows.length === 0) return '';
  const front = table(
    titles.slice(0, -1),
    rows.map((row) => row.slice(0, -1)),
  );
  const width = Math.max(...front.split('\n').map((line) => columnsOf(line)));
  const room = Math.max(20, columns - width - 2);
  const text = table(
    titles,
    rows.map((row) => [...row.slice(0, -1), cutToColumns(printable(firstLine(row.at(-1) ?? '')), room)]),
  );
  const heading = isTerminal ? colours.bold(title) : title;
  return `${heading}\n${colourSeverities(text, isTerminal)}`;
}

/** How the count stands to the usual one. */
function change(count: number, usual: number, isNew: true | undefined, words: SummaryWording): string {
  if (isNew) return words.new;
  if (usual === 0) return words.rare;
  const ratio = count / usual;
  if (ratio >= 2) return `×${ratio.toFixed(ratio < 10 ? 1 : 0)}`;
  if (ratio <= 0.5) return `÷${(1 / ratio).toFixed(1 / ratio < 10 ? 1 : 0)}`;
  const percent = Math.round((ratio - 1) * 100);
  return percent === 0 ? '=' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)}%`;
}

/** Detection puts a star in the place of the time; it tells a person nothing. */
function withoutTime(template: string): string {
  return template.replace(/^\*(?: - | |, )/, '');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

function duration(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 6000) / 10} min`;
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`;
}

/** In the zone of this machine, as `2026-11-20 08:00:00`: Sweden writes it so. */
function localTime(timestamp: string): string {
  return new Date(timestamp).toLocaleString('sv-SE');
}

function zone(timestamp: string): string {
  const name = new Intl.DateTimeFormat('en-US', { timeZoneName: 'shortOffset' })
    .formatToParts(new Date(timestamp))
    .find(({ type }) => type === 'timeZoneName');
  return name?.value ?? '';
}
