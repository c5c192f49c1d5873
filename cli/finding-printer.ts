import type { Bus, StageDefinition } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { type Service, stageService } from '#shared/lifecycle/index.ts';
import { Finding } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';

export interface FindingPrinterOptions {
  readonly bus: Bus;
  /** Takes one line, with its line break. */
  readonly print: (line: string) => void;
  /** Only what no channel tells: findings of lines that were old when they were read. */
  readonly onlyOld: boolean;
}

/** How many findings are remembered as told; beyond that a later revision may be told again. */
const maxTold = 10_000;

/** Prints each finding when it opens, and when it opens again, as one line. */
export async function startFindingPrinter({ bus, print, onlyOld }: FindingPrinterOptions): Promise<Service> {
  const stage: StageDefinition = {
    group: 'terminal',
    input: topic.findings,
    start: 'committed',
    state: [],
    task: () => {
      const told = new Map<string, number>();
      const isNews = (finding: Finding): boolean => {
        if (finding.state === 'resolved' || finding.muted !== undefined || (onlyOld && !finding.old))
          return false;
        if (told.get(finding.id) === finding.openings) return false;
        if (told.size >= maxTold) told.clear();
        told.set(finding.id, finding.openings);
        return true;
      };
      return {
        handle(input) {
          const records = input.kind === 'batch' ? input.records : [];
          for (const { value } of records) {
            const finding = readValue(Finding, value);
            // What is none is the notifier's to put aside.
            if (finding.ok && isNews(finding.value)) print(findingLine(finding.value));
          }
          const last = records.at(-1);
          return last === undefined ? { records: [] } : { records: [], covers: last.offset + 1 };
        },
      };
    },
  };
  return stageService('terminal', [() => bus.run(stage)], async () => []);
}

function findingLine(finding: Finding): string {
  const hosts = finding.hosts.slice(0, 3).join(', ');
  const text = [
    finding.lastSeen,
    finding.old ? `${finding.severity} (old)` : finding.severity,
    `${finding.service}: ${finding.title}`,
    `${finding.count} × on ${hosts}`,
    ...(finding.conclusion === undefined
      ? []
      : [`${finding.conclusion.verdict}: ${finding.conclusion.summary.slice(0, 200)}`]),
    finding.exemplars[0]?.text.slice(0, 300) ?? '',
  ].join('  ');
  return `${printable(text)}\n`;
}
