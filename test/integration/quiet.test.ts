import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, runCli, startCli } from '#cli/testing/spawn-cli.ts';
import { FeishuStandIn } from '#test/stand-ins/feishu/index.ts';

const soon = { timeout: 30_000, interval: 100 };
const secret = 'a-signing-secret';

const line = (text: string): string => `${new Date().toISOString()} ERROR ${text}\n`;
const failure = () => line('java.lang.OutOfMemoryError: Java heap space');
/** Another incident, behind the first in the same file. */
const other = () => line('connect failed: Connection refused to db:5432');

/** The embedded pair in a process of its own, as `npm start` runs it, and the command line beside it. */
describe('quiet', () => {
  let cwd: string;
  let up: CliRun;
  let url: string;
  let goingOn: NodeJS.Timeout | undefined;
  const feishu = new FeishuStandIn({ secret, limits: 'unlimited' });
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'logpatrol-quiet-'));
    await feishu.up();
    const channel = { type: 'feishu', webhook: feishu.webhook, secret, perSecond: 1000, perMinute: 60_000 };
    const config = {
      language: 'en',
      http: { port: 0 },
      channels: { feishu: channel },
      // Quiet for six seconds is over, so that the same failure can come again.
      incidents: { quietMinutes: 0.1 },
      topology: 'topology.yaml',
      tail: { files: ['shop', 'mysql'].map((service) => ({ path: `${service}.log`, service })) },
    };
    writeFileSync(join(cwd, 'logpatrol.yaml'), stringify(config));
    writeFileSync(join(cwd, 'topology.yaml'), 'services:\n  shop: { depends-on: [mysql] }\n  mysql:\n');
    for (const name of ['shop.log', 'mysql.log']) writeFileSync(join(cwd, name), '');
    up = startCli(['up'], { cwd });
    await vi.waitFor(() => expect(up.err()).toMatch(/health http\S+\/readyz/), soon);
    url = /health (http\S+)\/readyz/.exec(up.err())?.[1] ?? '';
  }, 60_000);
  afterAll(async () => {
    clearInterval(goingOn);
    up.child.kill('SIGKILL');
    await up.code;
    await feishu.down();
    rmSync(cwd, { recursive: true });
  });

  const write = (text: string, service = 'shop') => appendFileSync(join(cwd, `${service}.log`), text);
  const cards = (id: string) =>
    feishu.accepted.filter(({ incidentId }) => incidentId === id).map(({ seen }) => seen?.subtitle);
  const cardOf = (text: string) => feishu.accepted.find(({ seen }) => seen?.text.includes(text));
  const cli = (...args: string[]) => runCli(args, { cwd, env: { LOGPATROL_HTTP_PORT: new URL(url).port } });
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const lines = text.split('\n').filter((each) => each.startsWith(name));
    return lines.reduce((sum, each) => sum + Number(each.split(' ').at(-1)), 0);
  };
  const until = (name: string, value: number) =>
    vi.waitFor(async () => expect(await metric(name)).toBe(value), soon);

  it('a wrong alert, within seconds of feedback on it, whenever it comes again, until that is undone', async () => {
    write(failure());
    await vi.waitFor(() => expect(cardOf('Java heap space')).toBeDefined(), soon);
    const id = cardOf('Java heap space')?.incidentId ?? '';
    expect(cards(id)).toEqual(['New']);

    // It goes on while the person says so, however long that takes here.
    goingOn = setInterval(() => write(failure()), 1000);
    // The finding is stored beside the card, not before it.
    const said = await vi.waitFor(async () => {
      const answer = await cli('feedback', id, '--not-a-problem', '--by', 'ana', '--note', 'a load test');
      expect(answer).toMatchObject({ code: 0, err: '' });
      return answer;
    }, soon);
    const control = /controls undo (\S+)/.exec(said.out)?.[1] ?? '';
    const saidAt = Date.now();
    await vi.waitFor(() => expect(cards(id)).toContain('Muted'), soon);
    expect(Date.now() - saidAt).toBeLessThan(10_000);
    clearInterval(goingOn);
    const note = feishu.accepted.find(({ seen }) => seen?.subtitle === 'Muted');
    expect(note?.seen?.text).toContain('by ana (not a problem), for good: a load test');

    await until('logpatrol_incidents_open{', 0);
    const before = feishu.accepted.length;
    write(failure() + other());
    await vi.waitFor(() => expect(cardOf('Connection refused')).toBeDefined(), soon);
    await until('logpatrol_incidents_muted{', 1);
    await until('logpatrol_incidents_open{', 0);
    expect(feishu.accepted.slice(before).filter(({ incidentId }) => incidentId === id)).toEqual([]);

    expect(await cli('controls', 'undo', control)).toMatchObject({ code: 0, err: '' });
    expect((await cli('controls', 'list')).out).toBe('nothing is kept quiet\n');
    await vi.waitFor(() => {
      write(failure());
      expect(cards(id)).toContain('Happening again');
    }, soon);
  }, 120_000);

  it('what a failed dependency has brought about, on whose card it is', async () => {
    const takenIn = 'logpatrol_cards_withheld_total{channel="feishu",why="taken-in"}';
    const before = feishu.accepted.length;
    write(line('Out of memory: Killed process 4711 (mysqld)'), 'mysql');
    await vi.waitFor(() => expect(cardOf('4711')).toBeDefined(), soon);
    write(line('connect failed: No route to host db-7'));
    await vi.waitFor(async () => expect(await metric(takenIn)).toBe(1), soon);
    expect(
      feishu.accepted
        .slice(before)
        .map(({ seen }) => seen?.text)
        .join(),
    ).not.toContain('db-7');
  }, 60_000);
});
