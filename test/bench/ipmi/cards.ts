import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startInstallation } from '#test/integration/installation.ts';
import { startBmc } from '#test/stack/bmc.ts';
import { median } from '../measure.ts';

/** Seconds from an event in a BMC's log to its card. */
export interface CardTimes {
  readonly events: number;
  readonly median: number;
  readonly most: number;
}

export interface CardTimesOptions {
  readonly intervalSeconds: number;
  /** One a BMC, at moments that are spread over an interval. */
  readonly events: number;
  readonly say: (line: string) => void;
}

/** `ipmitool sel add`: version, memory, sensor 6, sensor-specific and asserted, uncorrectable error; nothing that a sensor shows. */
const uncorrectableError = '0x04 0x0c 0x06 0x6f 0x01 0xff 0xff\n';

/** A whole logpatrol on the embedded bus and store with real ipmitool and simulated BMCs, and a stand-in Feishu. */
export async function timesToCards({ intervalSeconds, events, say }: CardTimesOptions): Promise<CardTimes> {
  const bmcs = await Promise.all(Array.from({ length: events }, () => startBmc()));
  process.env.IPMI_PASSWORD = bmcs[0]?.password ?? '';
  const hosts = bmcs.map((_, index) => `machine-${index}.example`);
  const cards = new Map<string, number>();
  const installation = await startInstallation('embedded', {
    config: {
      routing: { groupBy: [] }, // Each has a card of its own.
      ipmi: {
        intervalSeconds,
        servers: bmcs.map(({ host, port, user }, index) => ({
          name: `bmc-${index}`,
          hostName: hosts[index],
          ...{ host, port, user },
        })),
      },
    },
    onCard: (body) => {
      for (const host of hosts) if (body.includes(host) && !cards.has(host)) cards.set(host, Date.now());
    },
  });
  try {
    const file = join(installation.folder, 'event');
    await writeFile(file, uncorrectableError);
    const { store } = installation.runtime;
    await until(async () => {
      const statuses = await store.serverStatuses({ source: 'ipmi', limit: events });
      return statuses.filter(({ outcome }) => outcome === 'ok').length === events;
    }, 3000 * intervalSeconds);
    say(`${events} events within ${intervalSeconds} s`);
    const times: number[] = [];
    for (const bmc of bmcs) {
      times.push(Date.now());
      await bmc.ipmitool('sel', 'add', file);
      await sleep((1000 * intervalSeconds) / events);
    }
    await until(() => cards.size === events, 3000 * intervalSeconds);
    const took = times.map((at, index) => ((cards.get(hosts[index] ?? '') ?? Number.NaN) - at) / 1000);
    return { events, median: median(took), most: Math.max(...took) };
  } finally {
    await installation.stop();
    await Promise.all(bmcs.map((bmc) => bmc.stop()));
  }
}

async function until(isSo: () => boolean | Promise<boolean>, forMs: number): Promise<void> {
  for (const end = Date.now() + forMs; !(await isSo()); await sleep(50))
    if (Date.now() > end) throw new Error('that took too long');
}
