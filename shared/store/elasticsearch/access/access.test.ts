import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personRoles } from '#shared/access/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { noSecured } from '#test/stack/secured.ts';
import { forever, line } from '../../contract/line.ts';
import type { Store } from '../../port.ts';
import { accessName, roleNames } from './role-file.ts';
import { type Operation, operations, type Place, type Whoever } from './testing/operations.ts';
import { type Answer, basic, type SecuredSetting, securedSetting } from './testing/secured-setting.ts';

const namespace = 'shop';
const password = 'a-password-of-people';

describe.skipIf(noSecured !== undefined)('rights at Elasticsearch', () => {
  let setting: SecuredSetting;
  let place: Place;
  beforeAll(async () => {
    setting = await securedSetting({ namespace });
    place = await furnish(setting);
  });
  afterAll(() => setting?.stop());

  const headerOf = (who: Whoever): string => {
    const key = [...setting.apiKeys].find(([principal]) => principal === who)?.[1];
    return key === undefined ? basic(who, password) : `ApiKey ${key}`;
  };

  for (const [kind, ofKind] of Object.entries(operations))
    describe(kind, () => {
      it.each([...ofKind])('$what', async (operation: Operation) => {
        const outcomes: Record<string, string> = {};
        for (const who of roleNames)
          outcomes[who] = outcomeOf(await setting.ask(operation.request(place), headerOf(who)), operation);
        expect(outcomes).toEqual(
          Object.fromEntries(
            roleNames.map((who) => [who, operation.allowed.includes(who) ? 'allowed' : 'refused']),
          ),
        );
        expect((await setting.ask(operation.request(place), undefined)).status).toBe(401);
      });
    });
});

const BulkAnswer = z.object({
  items: z.tuple([
    z.record(z.string(), z.object({ status: z.number(), error: z.object({ type: z.string() }).optional() })),
  ]),
});

/** A request counts as refused only where Elasticsearch says that it is for want of rights. */
function outcomeOf({ status, body }: Answer, operation: Operation): string {
  const answer: unknown = JSON.parse(body);
  const bulk = BulkAnswer.safeParse(answer);
  const item = bulk.success ? Object.values(bulk.data.items[0])[0] : undefined;
  const code = item?.status ?? status;
  if (code === 403 && body.includes('security_exception')) return 'refused';
  const isGone = code === 404 && operation.request(noPlace).method === 'DELETE';
  return code < 300 || isGone ? 'allowed' : `${code} ${body}`;
}

let ids = 0;
const id = (): string => `try${++ids}`;
const noPlace: Place = { namespace, foreign: '', oldIndex: '', id };

/** People, another installation, an index that is not ours, an older index of a stream, a snapshot. */
async function furnish({ ask, server, storeWith, apiKeys }: SecuredSetting): Promise<Place> {
  const foreign = `other-${namespace}`;
  const must = async (method: 'PUT' | 'POST' | 'GET', path: string, body?: unknown): Promise<unknown> => {
    const answer = await ask({ method, path, body }, basic('elastic', server.elasticPassword));
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
  for (const role of personRoles)
    await must('PUT', `/_security/user/${role}`, { password, roles: [accessName(role, namespace)] });
  for (const index of [`logs-app-${foreign}`, `findings-${foreign}`, 'payroll'])
    await must('PUT', `/${index}/_doc/seed?refresh=true`, { message: 'not for you' });
  const indexer = await storeWith(apiKeys.get('indexer') ?? '');
  await fill(indexer);
  await must('POST', `/logs-app-${namespace}/_rollover`);
  const Streams = z.object({
    data_streams: z.tuple([z.object({ indices: z.array(z.object({ index_name: z.string() })) })]),
  });
  const { data_streams: streams } = Streams.parse(await must('GET', `/_data_stream/logs-app-${namespace}`));
  await must('POST', `/logs-*-${namespace},findings-${namespace}/_refresh`);
  await must('PUT', '/_snapshot/matrix', { type: 'fs', settings: { location: 'matrix' } });
  await must('PUT', '/_snapshot/matrix/seed?wait_for_completion=true', { indices: 'payroll' });
  return { namespace, foreign, oldIndex: streams[0].indices[0]?.index_name ?? '', id };
}

async function fill(store: Store): Promise<void> {
  const now = Date.now();
  await store.saveLogs([line('the oldest', { id: 'seed', at: now })], forever);
  await store.saveFindings([sampleFinding({ id: 'seed' })], forever);
  await store.saveMetrics(
    [sampleReading(now), sampleReading(now - 3 * 86_400_000), sampleStatus(now)],
    forever,
  );
}
