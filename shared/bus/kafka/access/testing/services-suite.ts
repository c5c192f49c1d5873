import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { frontDoor, startersOf } from '#cli/services.ts';
import { type Principal, principals } from '#shared/access/index.ts';
import { readAudit } from '#shared/audit/index.ts';
import { audited, ControlBook, PreferenceBook } from '#shared/controls/index.ts';
import { deadLetters, replayDeadLetters, topicsWithDeadLetters } from '#shared/dlq/index.ts';
import { planDrill, runDrill } from '#shared/drill/index.ts';
import { performAction } from '#shared/interaction/index.ts';
import { type OpenRuntime, openBus, openRuntime, type Service } from '#shared/lifecycle/index.ts';
import { readMessage, readQueue, replayDead } from '#shared/queue/index.ts';
import type { SecuredKafka } from '#test/stack/secured-kafka.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';
import { deadLetterTopic } from '../../../dead-letter.ts';
import { consumerGroups } from '../../../groups.ts';
import type { Bus } from '../../../port.ts';
import { topicSpecs } from '../../../topics.ts';
import { install, quiet, type Setting } from './setting.ts';

const patience = { timeout: 60_000, interval: 100 };
const secret = 'a-signing-secret';
const clock = Date.now;
const by = { id: 'ann', name: 'Ann' };

/** The services themselves, each with its own account, and nothing else: what they do must be all that they may. */
export function servicesSuite(kafka: () => SecuredKafka): void {
  const feishu = new FeishuStandIn({ secret, limits: 'unlimited' });
  const services: Service[] = [];
  const runtimes = new Map<Principal, OpenRuntime>();
  const troubles: string[] = [];
  let setting: Setting;
  let folder: string;
  let admin: Bus;
  let operator: Bus;

  const busOf = (principal: Principal): Bus => runtimeOf(principal).bus;
  const runtimeOf = (principal: Principal): OpenRuntime => {
    const found = runtimes.get(principal);
    if (found === undefined) throw new Error(`${principal} does not run`);
    return found;
  };
  /** Keeps what a service warns of, to say at the end that no right was missing. */
  const loggerOf = (principal: Principal) =>
    pino({ level: 'warn' }, { write: (line: string) => troubles.push(`${principal}: ${line}`) });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-access-'));
    await feishu.up();
    setting = await install(kafka(), 'own.', {
      routes: { app: { partitions: 1 }, ipmi: { partitions: 1 } },
      channels: { feishu: { type: 'feishu', webhook: feishu.webhook, secret } },
      operator: { channel: 'feishu' },
      people: { ann: { name: 'Ann' } },
      ipmi: { servers: [{ name: 'node1', host: '127.0.0.1', user: 'u', passwordEnv: 'NO_PASSWORD' }] },
      hardware: { partitions: 1 },
      drill: { everyMinutes: 600 },
      http: { port: 0 },
    });
    process.env.NO_PASSWORD ??= 'none';
    admin = await openBus(setting.config, { logger: quiet, observer: {}, name: 'test' });
    operator = await openBus(setting.configAs('operator'), {
      logger: loggerOf('operator'),
      observer: {},
      name: 'cli',
    });
    const files = [{ path: join(folder, '*.log'), type: 'app' }];
    for (const { name, start } of startersOf({ service: 'all', files }).starters) {
      const runtime = await open(principals.find((one) => one === name) ?? 'operator');
      services.push(await start(runtime));
    }
    const health = { ailments: () => [], readiness: async () => [] };
    services.push(await frontDoor(true, await open('gateway'), health));
  }, 180_000);

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all([...runtimes.values()].map((runtime) => runtime.close()));
    await Promise.all([admin?.close(), operator?.close(), feishu.down()]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function open(principal: Principal): Promise<OpenRuntime> {
    const config = setting.configAs(principal, { dataDir: join(folder, principal) });
    const runtime = await openRuntime(config, { logger: loggerOf(principal), name: principal });
    runtimes.set(principal, runtime);
    await runtime.prepare();
    return runtime;
  }

  it('make a card of a line, and keep both', { timeout: 120_000 }, async () => {
    expect([...runtimes.keys()].sort()).toEqual(
      principals.filter((one) => one !== 'filebeat' && one !== 'operator').sort(),
    );
    await appendFile(
      join(folder, 'shop.log'),
      `${new Date().toISOString()} ERROR OrderService - java.lang.OutOfMemoryError: Java heap space\n`,
    );
    await vi.waitUntil(() => feishu.accepted.length > 0, patience);
    const id = feishu.accepted[0]?.incidentId ?? '';
    const { store } = runtimeOf('indexer');
    await vi.waitUntil(async () => (await store.finding(id)) !== undefined, patience);
    await vi.waitUntil(async () => (await store.countLogs({ type: 'app' })) > 0, patience);
    // of this machine, by the service ipmi
    await vi.waitUntil(async () => (await read(admin, 'metrics.system')) > 0, patience);
    // its jobs have a member that works
    await vi.waitUntil(
      async () => (await operator.members(['housekeeping'])).get('housekeeping') === 1,
      patience,
    );
  });

  it('do what people want at the gateway and on the command line', { timeout: 120_000 }, async () => {
    await vi.waitUntil(() => feishu.accepted.length > 0, patience);
    const incidentId = feishu.accepted[0]?.incidentId ?? '';
    const { store } = runtimeOf('indexer');
    for (const [principal, bus, action] of [
      ['gateway', busOf('gateway'), 'acknowledge'],
      ['operator', operator, 'not-a-problem'],
    ] as const) {
      const config = setting.configAs(principal);
      const logger = loggerOf(principal);
      const book = new ControlBook({ bus, logger, clock });
      const origin = { via: 'api' } as const;
      const draft = { kind: 'silence', scope: { service: `${principal}-test` }, by: 'ann' } as const;
      const until = new Date(clock() + 60_000).toISOString();
      const control = await book.add({ ...draft, until }, audited('control.add', origin, clock()));
      expect(await book.undo(control.id, 'ann', () => [])).toMatchObject({ kind: 'undone' });
      const preferences = new PreferenceBook({ bus, logger, clock, config });
      expect(await preferences.list()).toEqual([]);
      const desk = { bus, store, book, clock, logger, config };
      const request = { ...origin, incidentId, action, by } as const;
      expect(await performAction(desk, request)).toMatchObject({ kind: 'done' });
      const audit = await readAudit(bus, logger, { limit: 100 });
      expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining([action, 'control.add']));
      const ask = { since: 0, limit: 100, now: clock() };
      expect((await readQueue(bus, config, ask)).channels).toHaveLength(1);
      expect(await readMessage(bus, config, 'unheard-of')).toBeUndefined();
      expect(await replayDead(bus, config, { by: 'ann', origin, now: clock() })).toEqual({ replayed: [] });
    }
  });

  it.each(['operator', 'housekeeping'] as const)('drill as %s', { timeout: 120_000 }, async (principal) => {
    const bus = principal === 'operator' ? operator : busOf(principal);
    const config = setting.configAs(principal);
    const { store } = runtimeOf('indexer');
    const report = await runDrill(
      { bus, store, config, logger: loggerOf(principal), clock },
      planDrill(config),
    );
    expect(report).toMatchObject({ outcome: 'accepted' });
  });

  it('put aside what none of them can read, and the operator gives it back', {
    timeout: 120_000,
  }, async () => {
    const topics = topicsWithDeadLetters(setting.config);
    const writer = await admin.writer('poison');
    await writer.write(topics.map((topic) => ({ topic, key: 'poison', partition: 0, value: 'not JSON' })));
    await writer.close();
    // `housekeeping` reads its own states alone
    const read = topics.filter((topic) => topic !== 'housekeeping');
    await vi.waitFor(async () => {
      const without: string[] = [];
      for (const topic of read) if ((await count(deadLetters(operator, topic))) === 0) without.push(topic);
      expect(without).toEqual([]);
    }, patience);
    for (const topic of read) expect(await replayDeadLetters(operator, topic), topic).toBeGreaterThan(0);
    const again = await operator.committed('dlq-replay-signals', deadLetterTopic('signals'));
    expect([...again.values()]).toEqual([expect.any(Number)]);
  });

  it('let the operator see what doctor asks for', async () => {
    expect(await operator.verify(topicSpecs(setting.config))).toEqual([]);
    const groups = consumerGroups(setting.config).map(({ group }) => group);
    expect((await operator.members(groups)).size).toBe(groups.length);
    for (const { group, input } of consumerGroups(setting.config)) {
      await operator.committed(group, input);
      await operator.ends(input);
      await read(operator, input);
    }
  });

  it('have met no right that was missing', () => {
    expect(services.length).toBeGreaterThan(0);
    expect(troubles.filter((line) => /AUTHORIZATION|not authorized|may not/i.test(line))).toEqual([]);
  });
}

async function read(bus: Bus, topic: string): Promise<number> {
  return count(bus.read(topic));
}

async function count(records: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const _ of records) found += 1;
  return found;
}
