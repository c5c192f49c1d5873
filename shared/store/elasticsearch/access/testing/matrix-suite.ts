import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personRoles } from '#shared/access/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { sampleReading, sampleStatus } from '#test/samples/metric.ts';
import { forever, line } from '../../../contract/line.ts';
import type { Store } from '../../../port.ts';
import { accessName, roleNames } from '../role-file.ts';
import { type Operation, operations, type Place, type Whoever } from './operations.ts';
import { type Answer, basic, type SecuredSetting } from './secured-setting.ts';

const password = 'a-password-of-people';

/** Everybody tries everything: who is not named by an operation must be refused it. */
export function matrixSuite(settingOf: () => SecuredSetting): void {
  let place: Place;
  beforeAll(async () => {
    place = await furnish(settingOf());
  });

  const outcomeFor = async (who: Whoever, operation: Operation): Promise<string> => {
    const { ask, apiKeys } = settingOf();
    const key = [...apiKeys].find(([principal]) => principal === who)?.[1];
    const header = key === undefined ? basic(who, password) : `ApiKey ${key}`;
    return outcomeOf(operation, await ask(operation.request(place), header));
  };

  for (const [kind, ofKind] of Object.entries(operations))
    describe(kind, () => {
      for (const operation of ofKind)
        it(operation.what, async () => {
          const outcomes = await Promise.all(
            roleNames.map(async (who) => [who, await outcomeFor(who, operation)] as const),
          );
          const expected = roleNames.map((who) => [
            who,
            operation.allowed.includes(who) ? 'allowed' : 'refused',
          ]);
          expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected));
          const nobody = await settingOf().ask(operation.request(place), undefined);
          expect(nobody.status).toBe(401);
        });
    });
}

const BulkAnswer = z.object({ items: z.tuple([z.record(z.string(), z.object({ status: z.number() }))]) });

/** A request counts as refused only where Elasticsearch says that it is for want of rights. */
function outcomeOf({ request }: Operation, { status, body }: Answer): string {
  const bulk = BulkAnswer.safeParse(JSON.parse(body));
  const code = (bulk.success ? Object.values(bulk.data.items[0])[0]?.status : undefined) ?? status;
  if (code === 403 && body.includes('security_exception')) return 'refused';
  const isGone = code === 404 && request(nowhere).method === 'DELETE';
  return code < 300 || isGone ? 'allowed' : `${code} ${body}`;
}

let ids = 0;
const id = (): string => `try${++ids}`;
const nowhere: Place = { namespace: '', foreign: '', oldIndex: '', id };

/** People, another installation, an index that is not ours, an older index of a stream, a snapshot. */
async function furnish({ ask, server, storeWith, apiKeys, namespace }: SecuredSetting): Promise<Place> {
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
  await fill(await storeWith(apiKeys.get('indexer')));
  const Rolled = z.object({ old_index: z.string() });
  const { old_index: oldIndex } = Rolled.parse(await must('POST', `/logs-app-${namespace}/_rollover`));
  await must('POST', `/logs-*-${namespace},findings-${namespace}/_refresh`);
  await must('PUT', '/_snapshot/matrix', { type: 'fs', settings: { location: 'matrix' } });
  await must('PUT', '/_snapshot/matrix/seed?wait_for_completion=true', { indices: 'payroll' });
  return { namespace, foreign, oldIndex, id };
}

async function fill(store: Store): Promise<void> {
  const now = Date.now();
  await store.saveLogs([line('the oldest', { id: 'oldest', at: now })], forever);
  await store.saveFindings([sampleFinding({ id: 'seed' })], forever);
  await store.saveMetrics([sampleReading(now), sampleStatus(now)], forever);
}
