import { printable } from '#shared/text/printable.ts';
import { columnsOf, cutToColumns } from '../cut-to-columns.ts';
import { withUnit } from './figures.ts';
import { markColumns, padEnd, serverMark } from './marks.ts';
import { type ServerReport, worstFirst } from './server-report.ts';
import type { ViewLook } from './server-view.ts';
import { ipmiWording } from './wording.ts';

const mostNameColumns = 32;

/** How many of the servers are in which state, on one line. */
export function tally(reports: readonly ServerReport[], look: ViewLook): string {
  const answering = reports.filter(({ status }) => status.outcome === 'ok');
  const count = (health: string): number => answering.filter(({ status }) => status.health === health).length;
  return ipmiWording(look.language).servers(reports.length, {
    critical: count('critical'),
    warning: count('warning'),
    away: reports.length - answering.length,
  });
}

/** One line for each server, the worst first: power, the mean of its temperatures, its slowest fan, and what is not well. */
export function overview(reports: readonly ServerReport[], look: ViewLook): string[] {
  const words = ipmiWording(look.language);
  const head = ['', words.columns.name, words.columns.power, words.columns.temperature, words.columns.fan];
  const rows = worstFirst(reports).map((report) => ({
    report,
    cells: [
      cutToColumns(printable(report.server), mostNameColumns),
      ...(report.status.outcome === 'ok'
        ? [
            words.powers[report.status.power],
            shown(report.status.temperatureMean, 'Cel'),
            shown(report.status.fanMin, 'RPM'),
          ]
        : ['', '', '']),
      why(report, words.outcomes[report.status.outcome]),
    ],
  }));
  const widths = head
    .slice(1)
    .map((title, index) =>
      Math.max(columnsOf(title), ...rows.map(({ cells }) => columnsOf(cells[index] ?? ''))),
    );
  const line = (cells: readonly string[]): string =>
    [...widths.map((width, index) => padEnd(cells[index] ?? '', width)), cells[widths.length] ?? ''].join(
      '  ',
    );
  const room = look.columns - markColumns - 1;
  return [
    `${' '.repeat(markColumns)} ${cutToColumns(line([...head.slice(1), words.columns.wrong]), room)}`.trimEnd(),
    ...rows.map(({ report, cells }) =>
      `${serverMark(report.status, look.isTerminal)} ${cutToColumns(line(cells), room)}`.trimEnd(),
    ),
  ];
}

function shown(value: number | undefined, unit: string): string {
  return value === undefined ? '' : withUnit(value, unit);
}

/** What is not well, the critical first; of one that does not answer why. */
function why({ status, readings }: ServerReport, outcome: string): string {
  if (status.outcome !== 'ok') return printable(`${outcome}: ${status.reason ?? ''}`);
  const named = (wanted: string): string[] =>
    readings
      .filter((reading) => reading.status === wanted)
      .map(({ sensor, value, unit, states = [] }) =>
        [sensor, value === undefined ? states.join('/') : withUnit(value, unit)].join(' '),
      );
  return printable([...named('critical'), ...named('warning')].join(', '));
}
