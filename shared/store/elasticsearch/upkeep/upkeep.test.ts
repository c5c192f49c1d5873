import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigSchema } from '#shared/config/index.ts';
import { openStore } from '#shared/lifecycle/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { noSecured, type SecuredElasticsearch, startSecuredElasticsearch } from '#test/stack/secured.ts';
import { forever, line } from '../../contract/line.ts';
import type { Store } from '../../port.ts';
import type { StepReport, Upkeep, UpkeepStepName } from '../../upkeep.ts';
import { Connection } from '../connection.ts';
import { openElasticsearchUpkeep } from './index.ts';

const logger = pino({ level: 'silent' });
const day = 24 * 60 * 60 * 1000;

/** A server of its own: the shared one may write no snapshots. */
describe.skipIf(noSecured !== undefined)('looking after Elasticsearch', () => {
  let server: SecuredElasticsearch;
  let store: Store;
  let upkeep: Upkeep;
  let connection: Connection;
  const namespace = 'kept';
  beforeAll(async () => {
    server = await startSecuredElasticsearch();
    const config = ConfigSchema.parse({
      elasticsearch: {
        url: server.url,
        caFile: server.caFile,
        username: 'elastic',
        password: server.elasticPassword,
        namespace,
      },
      routes: { app: {} },
      housekeeping: { disk: { warning: 100, critical: 100 } },
      snapshots: { repository: { type: 'fs', location: server.snapshotFolder }, keepDays: 7 },
    });
    if (config.elasticsearch === undefined) throw new Error('no Elasticsearch');
    store = await openStore(config, { logger });
    connection = new Connection(config.elasticsearch);
    upkeep = await openElasticsearchUpkeep(config);
    const changes = await store.setup();
    expect(changes.filter(({ what }) => what.startsWith('snapshot'))).toEqual([
      { what: `snapshot repository logpatrol-snapshots-${namespace}`, action: 'create' },
      // The test's Elasticsearch comes without this part.
      { what: `snapshot policy logpatrol-nightly-${namespace}`, action: 'none', detail: expect.any(String) },
    ]);
    expect((await store.setup()).filter(({ action }) => action !== 'none')).toEqual([]);
    for (const part of ['one', 'two', 'three']) {
      await store.saveLogs([line(part), line(`${part} more`)], forever);
      await store.refresh();
    }
    await connection.call({ method: 'POST', path: `/logs-app-${namespace}/_rollover` });
    await store.saveLogs([line('after the rollover')], forever);
  }, 240_000);
  afterAll(async () => {
    await upkeep?.close();
    await connection?.close();
    await store?.close();
    await server?.stop();
  });
  const run = (step: UpkeepStepName, now = Date.now(), dryRun = false): Promise<StepReport> =>
    upkeep.run(step, { now, dryRun, signal: new AbortController().signal });
  const logIndices = async (): Promise<string[]> => {
    const Streams = z.object({
      data_streams: z.array(z.object({ indices: z.array(z.object({ index_name: z.string() })) })),
    });
    const answer = await connection.call({ method: 'GET', path: `/_data_stream/logs-app-${namespace}` });
    return (Streams.parse(answer).data_streams[0]?.indices ?? []).map(({ index_name: name }) => name);
  };

  it('merges what is no longer written, once', async () => {
    const [closed] = await logIndices();
    expect(await run('force-merge', Date.now(), true)).toMatchObject({ lines: [`would merge ${closed}`] });
    expect(await run('force-merge')).toEqual({
      step: 'force-merge',
      outcome: 'done',
      lines: ['1 indices merged'],
    });
    expect(await run('force-merge')).toMatchObject({ outcome: 'nothing' });
  });

  it('takes a snapshot, sees how old it is, restores of it, and removes what is too old', async () => {
    const health = async (now: number) =>
      (await upkeep.examine(now)).find(({ name }) => name === 'snapshots');
    expect(await health(Date.now())).toMatchObject({ ok: false });
    const taken = await run('snapshot');
    expect(taken).toMatchObject({
      outcome: 'done',
      lines: [expect.stringMatching(/ is complete; 1 nodes can write/)],
    });
    expect(await health(Date.now())).toMatchObject({ ok: true });
    expect(await health(Date.now() + 2 * day)).toMatchObject({ ok: false });

    const [closed] = await logIndices();
    expect(await run('restore-probe')).toEqual({
      step: 'restore-probe',
      outcome: 'done',
      lines: [expect.stringMatching(new RegExp(`^${closed} of .*: 6 documents restored, 6 there now$`))],
    });
    expect(await connection.find(`/logpatrol-restore-probe-${namespace}`)).toBeUndefined();
    for (let night = 1; night <= 3; night += 1) await run('snapshot', Date.now() + night);
    expect(await run('snapshot', Date.now() + 30 * day)).toMatchObject({
      lines: [expect.any(String), '2 of more than 7 days removed'],
    });
  });

  it('tells of a snapshot that cannot be restored', async () => {
    for (const file of await blobs(server.snapshotFolder)) await truncate(file, 10);
    const report = await run('restore-probe').catch((error: Error) => error.message);
    expect(JSON.stringify(report)).toMatch(/cannot be restored|corrupt|Corrupt|trouble/);
    expect(await connection.find(`/logpatrol-restore-probe-${namespace}`)).toBeUndefined();
  });

  it('deletes what lifecycle management has left, and findings that are long resolved', async () => {
    const at = new Date(Date.now() - 30 * day).toISOString();
    const findings = [
      sampleFinding({ id: 'resolved', state: 'resolved', lastSeen: at }),
      sampleFinding({ id: 'open', state: 'open', lastSeen: at }),
    ];
    await store.saveFindings(findings, forever);
    await store.refresh();
    expect(await run('retention')).toMatchObject({ outcome: 'nothing' });
    const [closed, written] = await logIndices();
    const inAYear = Date.now() + 340 * day;
    expect(await run('retention', inAYear, true)).toMatchObject({
      lines: [
        `${closed} would be deleted, as its lifecycle should have`,
        '1 findings of more than 365 days would go',
      ],
    });
    expect(await run('retention', inAYear)).toMatchObject({
      outcome: 'done',
      lines: [`${closed} was deleted, as its lifecycle should have`, '1 findings of more than 365 days went'],
    });
    expect(await logIndices()).toEqual([written]);
    await store.refresh();
    expect((await store.searchFindings({ limit: 5 })).map(({ id }) => id)).toEqual(['open']);
  });

  it('tells how full the disks are', async () => {
    expect(await run('disk')).toMatchObject({
      outcome: 'done',
      lines: [expect.stringMatching(/^the disk of .* is \d+% full$/)],
    });
  });
});

/** The files of a repository that hold what is in indices. */
async function blobs(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile() && file.name.startsWith('__'))
    .map((file) => join(file.parentPath, file.name));
}
