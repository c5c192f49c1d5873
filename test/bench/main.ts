/**
 * `npm run bench [-- gate scan detect sustain indexer readings latency storm runbooks alerts alert-latency trends ipmi compose] [--symptoms FILE] [--minutes N] [--processes N] [--channel feishu|feishu-app] [--short] [--seed N]`: what the README says about speed, measured on this machine. Kafka and
 * Elasticsearch are those of LOGPATROL_TEST_KAFKA and LOGPATROL_TEST_ELASTICSEARCH, else a stack of its own. Progress goes to
 * standard error, the figures as JSON to standard output. Ends with 1 where a bench has a target that is missed.
 */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { elasticsearchAddress, kafkaAddress } from '#test/stack/addresses.ts';
import { type Stack, startStack } from '#test/stack/stack.ts';
import { benchAlertLatency } from './alert-latency.ts';
import { channelKinds } from './alerts/channels.ts';
import { benchAlerts } from './alerts.ts';
import { benchCompose } from './compose.ts';
import { benchDetect } from './detect.ts';
import { benchGate } from './gate.ts';
import { benchIndexer } from './indexer.ts';
import { benchIpmi } from './ipmi.ts';
import { benchLatency } from './latency.ts';
import { benchReadings } from './readings.ts';
import { benchRunbooks } from './runbooks.ts';
import { benchScan } from './scan.ts';
import { benchStorm } from './storm.ts';
import { benchSustain } from './sustain.ts';
import { benchTrends } from './trends.ts';

const say = (line: string): void => console.error(line);
const known = [
  'gate',
  'scan',
  'detect',
  'sustain',
  'indexer',
  'readings',
  'latency',
  'storm',
  'runbooks',
  'alerts',
  'alert-latency',
  'ipmi',
  'trends',
  'compose',
] as const;
const { positionals, values: given } = parseArgs({
  allowPositionals: true,
  options: {
    // Of sustain.
    minutes: { type: 'string', default: '10' },
    processes: { type: 'string', default: '1' },
    rate: { type: 'string' },
    profile: { type: 'string' },
    // Of runbooks: other symptoms than those that are kept.
    symptoms: { type: 'string' },
    // Of alerts and alert-latency.
    channel: { type: 'string', default: 'feishu' },
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    services: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !known.some((bench) => bench === name));
if (unknown.length > 0) {
  console.error(`there is no bench ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}
const channel = channelKinds.find((kind) => kind === given.channel);
if (channel === undefined) {
  console.error(`there is no channel ${given.channel}; there are ${channelKinds.join(', ')}`);
  process.exit(2);
}
const chosen = known.filter((name) => positionals.length === 0 || positionals.includes(name));

let own: Stack | undefined;
async function servers(): Promise<{ kafkaAddress: string; elasticsearchAddress: string }> {
  const given = { kafkaAddress: kafkaAddress(), elasticsearchAddress: elasticsearchAddress() };
  if (given.kafkaAddress !== undefined && given.elasticsearchAddress !== undefined)
    return { kafkaAddress: given.kafkaAddress, elasticsearchAddress: given.elasticsearchAddress };
  own ??= await startStack({ say, kafkaHeap: '768m', elasticsearchHeap: '2g', forSpeed: true });
  process.env.LOGPATROL_TEST_ELASTICSEARCH = own.elasticsearchAddress;
  return { kafkaAddress: own.kafkaAddress, elasticsearchAddress: own.elasticsearchAddress };
}

/** For benches that need no Elasticsearch. */
async function kafka(): Promise<string> {
  return kafkaAddress() ?? (await servers()).kafkaAddress;
}

const figures: Record<string, unknown> = {};
const missed: string[] = [];
for (const name of chosen) {
  say(`— ${name}`);
  switch (name) {
    case 'gate':
      figures[name] = await benchGate({ bytes: 256 * 1024 * 1024, rounds: 3, say });
      break;
    case 'scan':
      figures[name] = await benchScan({ lines: 4_000_000, rounds: 3, say });
      break;
    case 'detect':
      figures[name] = await benchDetect({ ...(await servers()), events: 4_000_000, rounds: 3, say });
      break;
    case 'sustain':
      figures[name] = await benchSustain({
        kafkaAddress: await kafka(),
        minutes: Number(given.minutes),
        processes: Number(given.processes),
        rate: given.rate === undefined ? undefined : Number(given.rate),
        profile: given.profile,
        say,
      });
      break;
    case 'indexer':
      await servers();
      figures[name] = await benchIndexer({ documents: 200_000, rounds: 3, say });
      break;
    case 'readings':
      await servers();
      figures[name] = await benchReadings({ readings: 1_000_000, say });
      break;
    case 'storm':
      figures[name] = await benchStorm({
        kafkaAddress: await kafka(),
        rate: Number(given.rate ?? 50_000),
        say,
      });
      break;
    case 'runbooks': {
      const own = ['symptoms.yaml', 'symptoms-held-out.yaml', 'symptoms-blind.yaml'].map(
        (file) => new URL(file, import.meta.url),
      );
      for (const symptoms of given.symptoms === undefined ? own : [given.symptoms]) {
        const found = await benchRunbooks({ sections: 2000, rounds: 10, symptoms, say });
        figures[`runbooks ${basename(String(symptoms))}`] = found;
      }
      break;
    }
    case 'latency':
      figures[name] = await benchLatency({ ...(await servers()), seconds: 180, say });
      break;
    case 'trends': {
      const found = benchTrends({ seed: Number(given.seed), say });
      figures[name] = found;
      missed.push(...found.missed);
      break;
    }
    case 'alerts': {
      const isShort = given.short;
      const found = await benchAlerts({
        kafkaAddress: await kafka(),
        channel,
        isShort,
        seed: Number(given.seed),
        services: Number(given.services ?? (isShort ? 100 : 1000)),
        say,
      });
      figures[name] = found;
      missed.push(...found.missed);
      break;
    }
    case 'ipmi': {
      const minutes = given.short ? 3 : Number(given.minutes);
      const found = await benchIpmi({ ...(await servers()), minutes, events: 12, say });
      figures[name] = found;
      missed.push(...found.missed);
      break;
    }
    case 'compose': {
      const found = await benchCompose({ minutes: given.short ? 2 : Number(given.minutes), say });
      figures[name] = found;
      missed.push(...found.missed);
      break;
    }
    case 'alert-latency': {
      const found = await benchAlertLatency({
        kafkaAddress: await kafka(),
        channel,
        findings: given.short ? 200 : 1200,
        perSecond: 10,
        say,
      });
      figures[name] = found;
      missed.push(...found.missed);
      break;
    }
  }
}
console.log(JSON.stringify(figures, null, 2));
for (const line of missed) console.error(`MISSED: ${line}`);
await own?.stop();
process.exit(missed.length === 0 ? 0 : 1);
