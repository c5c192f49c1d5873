import {
  type DrillHopName,
  type DrillReport,
  DrillHopName as HopName,
  hopTitles,
} from '#shared/drill/index.ts';
import { table } from './table.ts';

/** What a drill came to, for people: its hops, and what to do where one is missing. */
export function drillText(report: DrillReport): string {
  const { id, channel, type, severity, outcome, hops, failure } = report;
  const rows = HopName.options.map((name): string[] => {
    const hop = hops.find((each) => each.name === name);
    if (hop === undefined) return [failure?.hop === name ? 'MISSING' : '–', hopTitles[name], '', '', ''];
    return [
      'ok',
      hopTitles[name],
      milliseconds(hop.sinceLineMs),
      milliseconds(hop.sinceBeforeMs),
      hop.detail,
    ];
  });
  const head = ['', 'HOP', 'SINCE THE LINE', 'SINCE THE HOP BEFORE', ''];
  const end =
    failure === undefined
      ? `drill ${id}: the card was accepted by ${channel}; nothing is wrong\n`
      : `drill ${id}: ${hopTitles[failure.hop]} is missing: ${failure.why}\n  ${failure.remedy}\n  docs/troubleshooting.md#${failure.anchor}\n`;
  const what = `drill ${id}, a ${severity} line of type ${type} to channel ${channel}${outcome === 'running' ? ', under way' : ''}\n`;
  return `${what}${table(head, rows)}${end}`;
}

function milliseconds(time: number): string {
  return `${Math.round(time)} ms`;
}

/** Tells each hop on a line of standard error where that is a terminal; the table comes at the end. */
export function drillProgress(): { show(report: DrillReport): void; stop(): void } | undefined {
  const { stderr } = process;
  if (stderr.isTTY !== true) return undefined;
  const known = new Set<DrillHopName>();
  const clear = '\r\u001b[K';
  return {
    show({ hops }) {
      for (const { name } of hops) known.add(name);
      const line = HopName.options
        .map((name) => (known.has(name) ? `${hopTitles[name]} ✓` : `${hopTitles[name]} …`))
        .join('  ');
      stderr.write(clear + line.slice(0, Math.max(20, (stderr.columns ?? 80) - 1)));
    },
    stop: () => {
      stderr.write(clear);
    },
  };
}
