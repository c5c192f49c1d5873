import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigSchema } from '#shared/config/index.ts';
import { KibanaStandIn } from '#test/stand-ins/kibana/index.ts';
import { applyKibanaObjects } from './apply.ts';

const logger = pino({ level: 'silent' });
const account = { username: 'elastic', password: 'secret', apiKey: 'a2V5' };
let kibana: KibanaStandIn;

beforeEach(async () => {
  kibana = new KibanaStandIn(account);
  await kibana.up();
});
afterEach(async () => {
  await kibana.down();
});

const Changes = z.array(z.object({ what: z.string(), action: z.string(), detail: z.string().optional() }));

/** What is done in Kibana, as `what action`. */
async function apply(
  changes: Record<string, unknown> = {},
  options: { dryRun?: boolean; patienceMs?: number; root?: Record<string, unknown> } = {},
): Promise<string[]> {
  const { dryRun = false, patienceMs = 5000, root = {} } = options;
  const { username, password } = account;
  const config = ConfigSchema.parse({
    ...root,
    kibana: { url: 'https://kibana.example.com', apiUrl: kibana.origin, username, password, ...changes },
  });
  const applied = Changes.parse(await applyKibanaObjects(config, { dryRun, logger, patienceMs }));
  return applied.map(({ what, action }) => `${what.replace('Kibana ', '')} ${action}`);
}

function spaceNamed(name: string) {
  const space = kibana.spaces.get(name);
  if (space === undefined) throw new Error(`no space ${name}`);
  return space;
}

const attributesOf = (key: string, space = 'default'): Record<string, unknown> => {
  const object = spaceNamed(space).objects.get(key);
  if (object === undefined) throw new Error(`no ${key}`);
  return object.attributes;
};
const imports = () => kibana.calls.filter((call) => call.endsWith('_import'));

const created = [
  'data views create',
  'searches create',
  'visualizations create',
  'dashboards create',
  'default data view update',
  'default route update',
];
const unchanged = created.map((row) => row.replace(/ \w+$/, ' none'));

describe('importing the shipped objects', () => {
  it('brings them in once, whatever Kibana makes of them', async () => {
    expect(await apply()).toEqual(created);
    const { objects, defaultDataView, settings } = spaceNamed('default');
    expect(objects.size).toBeGreaterThan(50);
    expect(defaultDataView).toBe('logpatrol-logs');
    expect(settings.get('defaultRoute')).toBe('/app/dashboards#/view/logpatrol-health');
    expect(attributesOf('dashboard:logpatrol-health').title).toBe('logpatrol · 系统健康');
    expect(attributesOf('index-pattern:logpatrol-logs').title).toBe('logs-*-default');
    expect(await apply()).toEqual(unchanged);
    expect(imports()).toHaveLength(1);
  });

  it('by an API key, in English, for a namespace, into a space that it makes', async () => {
    const root = { language: 'en', elasticsearch: { url: 'http://e:9200', namespace: 'prod' } };
    const changes = { space: 'ops', apiKey: account.apiKey, username: undefined, password: undefined };
    expect(await apply(changes, { root })).toEqual(['space ops create', ...created]);
    expect(spaceNamed('default').objects.size).toBe(0);
    expect(attributesOf('dashboard:logpatrol-health', 'ops').title).toBe('logpatrol · System health');
    expect(attributesOf('index-pattern:logpatrol-findings', 'ops').title).toBe('findings-prod');
    expect(await apply(changes, { root })).toEqual(['space ops none', ...unchanged]);
  });

  it('on a dry run only says what would be done', async () => {
    expect(await apply({ space: 'ops' }, { dryRun: true })).toEqual(['space ops create', ...created]);
    expect(kibana.spaces.has('ops')).toBe(false);
    expect(await apply({}, { dryRun: true })).toEqual(created);
    expect(spaceNamed('default').objects.size).toBe(0);
    expect(spaceNamed('default').settings.size).toBe(0);
    expect(
      kibana.calls.filter((call) => call.startsWith('POST')).every((call) => call.endsWith('_bulk_get')),
    ).toBe(true);
  });

  it('brings in what is of another version alone, and leaves copies and choices of people', async () => {
    await apply();
    const space = spaceNamed('default');
    const health = attributesOf('dashboard:logpatrol-health');
    const stamped = String(health.description);
    health.description = stamped.replace(/[0-9a-f]{12}\]$/, '000000000000]');
    // Theirs, made from ours; and ours, changed in place in this version.
    space.objects.set('dashboard:copy', {
      type: 'dashboard',
      id: 'copy',
      attributes: { title: 'mine', description: health.description },
      references: [],
      typeMigrationVersion: '10.4.0',
    });
    attributesOf('lens:logpatrol-health-errors').title = 'our errors';
    attributesOf('index-pattern:logpatrol-logs').fieldAttrs = '{"message":{"count":7}}';
    attributesOf('index-pattern:logpatrol-audit').title = 'other-*';
    space.defaultDataView = 'theirs';
    space.settings.set('defaultRoute', '/app/discover');
    expect((await apply()).filter((row) => !row.endsWith('none'))).toEqual([
      'data views update',
      'dashboards update',
    ]);
    expect(attributesOf('dashboard:logpatrol-health').description).toBe(stamped);
    expect(attributesOf('index-pattern:logpatrol-audit').title).toBe('audit-default');
    expect(attributesOf('dashboard:copy').title).toBe('mine');
    expect(attributesOf('lens:logpatrol-health-errors').title).toBe('our errors');
    expect(attributesOf('index-pattern:logpatrol-logs').fieldAttrs).toBe('{"message":{"count":7}}');
    expect(space.defaultDataView).toBe('theirs');
    expect(space.settings.get('defaultRoute')).toBe('/app/discover');
  });

  it('brings back what was deleted', async () => {
    await apply();
    spaceNamed('default').objects.delete('search:logpatrol-error-lines');
    expect((await apply()).filter((row) => !row.endsWith('none'))).toEqual(['searches create']);
  });

  it('waits for a Kibana that starts', async () => {
    kibana.notReadyFor = 2;
    expect(await apply()).toEqual(created);
    expect(kibana.notReadyFor).toBe(0);
  });
});

describe('what goes wrong', () => {
  const failure = (kind: string, message: RegExp) => ({ kind, message: expect.stringMatching(message) });

  it('is told where Kibana is not there, or does not become available', async () => {
    kibana.level = 'degraded';
    await expect(apply({}, { patienceMs: 0 })).rejects.toMatchObject(failure('unreachable', /is degraded/));
    await kibana.down();
    await expect(apply({}, { patienceMs: 0 })).rejects.toMatchObject(
      failure('unreachable', /does not answer.*kibana\.apiUrl/),
    );
  });

  it('is told where there is no section, and where Kibana does not let us in', async () => {
    const nothing = ConfigSchema.parse({});
    await expect(applyKibanaObjects(nothing, { dryRun: false, logger })).rejects.toMatchObject(
      failure('invalid-config', /LOGPATROL_KIBANA_URL/),
    );
    await expect(apply({ password: 'wrong' })).rejects.toMatchObject(
      failure('invalid-config', /refuses GET \/api\/status \(401\)/),
    );
    expect(kibana.calls).toEqual([]);
  });

  it('is told of an object that is refused among others that are not, for HTTP 200 is no success', async () => {
    kibana.refused.add('logpatrol-health-errors');
    await expect(apply()).rejects.toMatchObject(
      failure('unusable-environment', /imported \d+ of \d+ objects: lens logpatrol-health-errors: refused/),
    );
    kibana.refused.clear();
    expect((await apply()).filter((row) => !row.endsWith('none'))).toEqual([
      'visualizations create',
      'default data view update',
      'default route update',
    ]);
  });

  it('is told where another space has the objects', async () => {
    await apply();
    await expect(apply({ space: 'ops' })).rejects.toMatchObject(
      failure('unusable-environment', /another space has these/),
    );
  });
});
