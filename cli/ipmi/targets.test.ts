import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { openTargets } from './targets.ts';

it('follow the list: one that is taken off it while others are watched is passed over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-targets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'servers.json');
  const [first, second] = ['db-1', 'db-2'].map((name) => ({ name, host: `${name}.example` }));
  await writeFile(file, JSON.stringify([first, second]));
  const config = ConfigSchema.parse({ channels: {}, dataDir: folder, ipmi: { inventory: { file } } });
  const logger = pino({ level: 'silent' });
  const targets = await openTargets(config, { server: ['db-1', 'db-2'] }, logger);
  onTestFinished(() => targets.close());
  const names = () => targets.current().map(({ name }) => name);
  expect(names()).toEqual(['db-1', 'db-2']);
  expect(targets.current()).toBe(targets.current());
  await writeFile(file, JSON.stringify([first]));
  await vi.waitFor(() => expect(names()).toEqual(['db-1']), { timeout: 10_000 });
  await expect(openTargets(config, { server: ['db-2'] }, logger)).rejects.toThrow('no server "db-2"');
});
