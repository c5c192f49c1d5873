import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { setUp } from './set-up.ts';

const logger = pino({ level: 'silent' });

it('puts the runbooks of the configuration into the store, once, and says on a dry run that it would', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logpatrol-shelve-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.md`), text);
  const front = '---\ntitle: 磁盘满\n---\n';
  write('disk', `${front}## 症状\n写不进去\n`);
  write('broken', '---\ntitles: x\n---\n## 症状\nx\n');
  const config = ConfigSchema.parse({
    dataDir: join(folder, 'data'),
    runbooks: { paths: [folder], shipped: false },
  });
  const run = async (dryRun: boolean) =>
    (await setUp(config, { dryRun, logger })).filter(({ what }) => what === 'runbooks');
  const left = '1 left out: run `logpatrol runbooks lint`';
  const created = [{ what: 'runbooks', action: 'create', detail: `1 section: 1 new; ${left}` }];
  expect(await run(true)).toEqual(created);
  expect(await run(false)).toEqual(created);
  expect(await run(false)).toEqual([{ what: 'runbooks', action: 'none', detail: left }]);
  write('broken', `${front}## 症状\nx\n`);
  write('disk', `${front}## 症状\n空间不足\n`);
  const updated = { what: 'runbooks', action: 'update', detail: '2 sections: 1 new, 1 changed' };
  expect(await run(true)).toEqual([updated]);
  expect(await run(false)).toEqual([updated]);
});
