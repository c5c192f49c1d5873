import { topic } from '#shared/bus/topics.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { Examination } from '#shared/store/elasticsearch/examination.ts';
import { channelOrigin } from '../channel.ts';
import type { Answer, Check, Setting } from '../check.ts';
import { seconds } from '../words.ts';

const patienceMs = 5_000;
/** HTTP tells whole seconds, and an answer takes its time. */
const tolerableMs = 5_000;
/** Feishu takes a signature for an hour; alerts and rates go wrong long before. */
const badMs = 60_000;

interface Reading {
  /** Whose clock it is. */
  readonly whose: string;
  /** Theirs minus ours, in milliseconds. */
  readonly skewMs: number;
}

/** Whether our clock agrees with those of Elasticsearch, of the channels' far sides, and of whoever writes to the bus. */
export const clocksCheck: Check = {
  name: 'clocks',
  part: 'machines',
  anchors: ['clock'],
  async ask(setting) {
    const found = await Promise.all([ofElasticsearch(setting), ofChannels(setting), ofWriters(setting)]);
    const readings = found.flat();
    const name = 'clocks';
    if (readings.length === 0) return [{ name, status: 'unknown', detail: 'no other clock could be read' }];
    const wrong = readings.filter(({ skewMs }) => Math.abs(skewMs) > tolerableMs);
    if (wrong.length === 0)
      return [{ name, status: 'ok', detail: `agrees with ${readings.map(({ whose }) => whose).join(', ')}` }];
    return wrong.map(
      ({ whose, skewMs }): Answer => ({
        name: `clock of ${whose}`,
        status: Math.abs(skewMs) > badMs ? 'bad' : 'warning',
        detail: `${seconds(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`,
        remedy: 'switch on NTP (chrony, systemd-timesyncd) there and here; `timedatectl` says which is wrong',
        anchor: 'clock',
      }),
    );
  },
};

async function ofElasticsearch({ config, clock }: Setting): Promise<Reading[]> {
  if (config.elasticsearch === undefined) return [];
  const examination = new Examination(config.elasticsearch);
  try {
    const now = clock();
    return (await examination.writes()).map(({ node, at }) => ({
      whose: `Elasticsearch ${node}`,
      skewMs: at - now,
    }));
  } catch (error) {
    // Another check tells that it does not answer, or does not let us look.
    if (error instanceof LogpatrolError) return [];
    throw error;
  } finally {
    await examination.close();
  }
}

async function ofChannels({ config, clock }: Setting): Promise<Reading[]> {
  const origins = new Set(Object.keys(config.channels).flatMap((name) => channelOrigin(name, config) ?? []));
  const found = await Promise.all(
    [...origins].map(async (origin): Promise<Reading[]> => {
      try {
        const { headers } = await fetch(origin, {
          method: 'HEAD',
          redirect: 'manual',
          signal: AbortSignal.timeout(patienceMs),
        });
        const at = Date.parse(headers.get('date') ?? '');
        return Number.isNaN(at) ? [] : [{ whose: new URL(origin).host, skewMs: at - clock() }];
      } catch {
        // The check of channels tells that it cannot be reached.
        return [];
      }
    }),
  );
  return found.flat();
}

/** Brokers tell no time. But what was written last bears the time of whoever wrote it, and none is from the future. */
async function ofWriters({ config, bus, clock }: Setting): Promise<Reading[]> {
  const found = await Promise.all(
    Object.keys(config.routes).map(async (type): Promise<Reading[]> => {
      try {
        const opened = await bus();
        const name = topic.logs(type);
        const from = [...(await opened.ends(name))].map(
          ([partition, end]) => [partition, Math.max(0, end - 3)] as const,
        );
        let newest = 0;
        for await (const { timestamp } of opened.read(name, { from: new Map(from) }))
          newest = Math.max(newest, timestamp);
        const ahead = newest - clock();
        return ahead > tolerableMs ? [{ whose: `who writes ${name}`, skewMs: ahead }] : [];
      } catch (error) {
        // The check of the bus tells.
        if (error instanceof LogpatrolError) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
