import type { StageDefinition } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { type Runtime, type Service, stageService } from '#shared/lifecycle/index.ts';
import { Finding } from '#shared/model/index.ts';
import { printable } from '#shared/text/printable.ts';

/** Prints each finding when it opens, and when it opens again, as one line on standard output. */
export async function printFindings({ bus }: Runtime): Promise<Service> {
  const stage = printerStage((line) => process.stdout.write(line));
  return stageService('terminal', [() => bus.run(stage)], async () => []);
}

function printerStage(print: (line: string) => void): StageDefinition {
  return {
    group: 'terminal',
    input: topic.findings,
    start: 'committed',
    state: [],
    task: () => {
      const told = new Map<string, number>();
      return {
        handle(input) {
          if (input.kind !== 'batch') return { records: [] };
          for (const record of input.records) {
            if (record.value === null) continue;
            const finding = Finding.safeParse(JSON.parse(record.value.toString('utf8')));
            // What is no finding is the notifier's to put aside.
            if (!finding.success || told.get(finding.data.id) === finding.data.openings) continue;
            if (told.size > 10_000) told.clear();
            told.set(finding.data.id, finding.data.openings);
            print(findingLine(finding.data));
          }
          const last = input.records.at(-1);
          return last === undefined ? { records: [] } : { records: [], covers: last.offset + 1 };
        },
      };
    },
  };
}

function findingLine(finding: Finding): string {
  const hosts = finding.hosts.slice(0, 3).join(', ');
  const evidence = finding.exemplars[0]?.text.slice(0, 300) ?? '';
  const text = `${finding.lastSeen} ${finding.severity} ${finding.service}: ${finding.title} (${finding.count} on ${hosts}) ${evidence}`;
  return `${printable(text)}\n`;
}
