import colours from 'yoctocolors';
import type { Config } from '#shared/config/index.ts';
import { printable } from '#shared/text/printable.ts';
import { cutToColumns } from '../cut-to-columns.ts';
import type { Followed } from './following.ts';
import { overview, tally } from './overview.ts';
import { worstFirst } from './server-report.ts';
import { localMoment, serverView } from './server-view.ts';
import { trendHours } from './stored.ts';
import type { WatchFlags } from './watch.ts';
import { ipmiWording } from './wording.ts';

interface LivePage {
  readonly columns: number;
  readonly rows: number;
  readonly flags: Pick<WatchFlags, 'all'>;
  readonly config: Pick<Config, 'language'>;
  /** From one round to the next. */
  readonly seconds: number;
  readonly warnings: readonly string[];
  /** Servers that are watched, of which not all may have answered yet. */
  readonly total: number;
}

/** The lines of the live view: one server in full; of several one line each, and what is not well below. The last line stays at the bottom. */
export function livePage(followed: readonly Followed[], page: LivePage): string[] {
  const { columns, rows, config, flags, seconds, warnings, total } = page;
  const look = { language: config.language, columns, isTerminal: true };
  const words = ipmiWording(config.language);
  const reports = followed.map(({ report }) => report);
  const view = (name: string, sensors: 'wrong' | 'read'): string[] => {
    const one = followed.find(({ report }) => report.server === name);
    if (one === undefined) return [];
    return serverView(one.report, { ...look, sensors, trends: one.trends, trendHours })
      .trimEnd()
      .split('\n');
  };
  const [only] = reports;
  const body =
    only === undefined
      ? [words.waiting]
      : total === 1
        ? view(only.server, 'read')
        : [
            `${tally(reports, look)}${reports.length < total ? ` · ${words.asking(reports.length, total)}` : ''}`,
            '',
            ...overview(reports, look),
            ...worstFirst(reports)
              .filter(
                ({ status: { outcome, health } }) =>
                  flags.all === true || (outcome === 'ok' && health !== 'ok'),
              )
              .flatMap(({ server }) => ['', ...view(server, flags.all === true ? 'read' : 'wrong')]),
          ];
  const newest = Math.max(...reports.map(({ status }) => Date.parse(status.timestamp)));
  const at = Number.isFinite(newest) ? localMoment(new Date(newest).toISOString()) : '';
  const foot = [
    ...warnings.map((warning) => cutToColumns(printable(warning), columns)),
    colours.dim(cutToColumns(words.watchFoot(seconds, at), columns)),
  ];
  const room = Math.max(0, rows - foot.length);
  const shown =
    body.length <= room
      ? body
      : [...body.slice(0, room - 1), colours.dim(cutToColumns(words.more(body.length - room + 1), columns))];
  return [...shown, ...foot];
}
