import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { openBus, openStore } from '#shared/lifecycle/index.ts';
import { groupsCheck } from './groups.ts';

const logger = pino({ level: 'silent' });

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-groups-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

/** Who is missed where nobody runs. */
async function missed(more: object): Promise<string[]> {
  const config = ConfigSchema.parse({ dataDir, ...more });
  const bus = await openBus(config, { logger, observer: {}, name: 'test' });
  try {
    const store = () => openStore(config, { logger });
    const answers = await groupsCheck.ask({ config, logger, clock: Date.now, bus: async () => bus, store });
    return answers.map(({ name, status }) => `${name}: ${status}`);
  } finally {
    await bus.close();
  }
}

it.each([
  ['BMCs', { ipmi: { servers: [{ name: 'db-1', host: '10.0.0.1' }] } }, ['ipmi', 'housekeeping']],
  ['no BMCs', {}, ['housekeeping']],
  ['neither nightly work nor drills', { housekeeping: { enabled: false } }, []],
  ['drills alone', { housekeeping: { enabled: false }, drill: { everyMinutes: 60 } }, ['housekeeping']],
])('misses who has something to do: with %s', async (_, more, also) => {
  const services = ['indexer', 'analyzer', 'notifier', ...also];
  expect(await missed(more)).toEqual(services.map((service) => `groups of ${service}: bad`));
});
