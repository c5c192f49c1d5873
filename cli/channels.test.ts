import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SlackStandIn } from '#test/stand-ins/slack/index.ts';
import { runCli } from './testing/spawn-cli.ts';

let cwd: string;
let slack: SlackStandIn;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'logpatrol-channels-'));
  slack = new SlackStandIn();
  await slack.up();
});
afterEach(() => {
  slack.faults.always(undefined);
});
afterAll(async () => {
  await slack.down();
  await rm(cwd, { recursive: true });
});

const configure = (yaml: string) => writeFile(join(cwd, 'logpatrol.yaml'), yaml);

describe('logpatrol channels', () => {
  it('lists where each leads and what it can do, without a secret', async () => {
    await configure(`
http: { publicUrl: "https://lp.example.com", linkKey: a-key-that-signs-links }
feishuApps: { main: { appId: cli_00000000000000a1, appSecret: an-app-secret } }
channels:
  oncall: { type: feishu-app, chat: oc_a0553eda9014 }
  chat: { type: slack, webhook: "${slack.webhook}" }
  tickets: { type: webhook, webhook: "https://t.example.com/hooks/hidden-path", actions: false }
  term: { type: console }
`);
    const { code, out } = await runCli(['channels', 'list'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^oncall +feishu-app +https:\/\/open\.feishu\.cn.* 4\/s, 200\/min +updates, buttons/m,
    );
    expect(out).toMatch(/^chat +slack +http:\/\/127\.0\.0\.1:\d+ +1\/s, 50\/min +links/m);
    expect(out).toMatch(/^tickets +webhook +https:\/\/t\.example\.com +10\/s, 300\/min +–/m);
    expect(out).toMatch(/^term +console +standard output +none/m);
    for (const secret of ['an-app-secret', 'kEy0fStAnDiN', 'hidden-path']) expect(out).not.toContain(secret);
  });

  it('lists no log types where the tree says who is told', async () => {
    const channels = 'channels: { term: { type: console } }\n';
    await configure(channels);
    expect((await runCli(['channels', 'list'], { cwd })).out).toMatch(/ LOG TYPES\n.*app, syslog/);
    await configure(`${channels}routing: { channel: term }\n`);
    const { out } = await runCli(['channels', 'list'], { cwd });
    expect(out).toMatch(/^CHANNEL .* CAN *\nterm +console/);
    expect(out).not.toContain('syslog');
  });

  it('sends a card that is marked as a test, and says what the far side answered', async () => {
    await configure(`channels:\n  chat: { type: slack, webhook: "${slack.webhook}" }\n`);
    const well = await runCli(['channels', 'test', 'chat'], { cwd });
    expect(well).toMatchObject({ code: 0, out: expect.stringMatching(/^channel chat: accepted in \d+ ms/) });
    expect(slack.accepted.at(-1)?.title).toContain('测试消息，无需处理');
    slack.faults.always({ kind: 'status', status: 503 });
    const ill = await runCli(['channels', 'test', 'chat'], { cwd });
    expect(ill).toMatchObject({
      code: 1,
      err: expect.stringContaining('channel chat: not accepted: HTTP 503'),
    });
    expect(ill.err).not.toContain('kEy0fStAnDiN');
  });
});

describe('a channel type of one’s own', () => {
  const root = join(import.meta.dirname, '..');
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'logpatrol-own-channel-'));
    for (const part of ['cli', 'services', 'shared', 'rules', 'package.json'])
      await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rm(copy, { recursive: true }));

  const run = (...args: string[]) => runCli(args, { cwd, bin: join(copy, 'cli', 'logpatrol.js') });

  it('is one file of settings and one folder, and nothing else', async () => {
    await configure('channels:\n  siren: { type: siren, tone: 440 }\n');
    expect((await run('channels', 'test', 'siren')).err).toContain(
      'there is no type of channel "siren"; there are console,',
    );

    await writeFile(
      join(copy, 'shared', 'config', 'channel-types', 'siren.ts'),
      `import { z } from 'zod';
import { common } from './shared.ts';
export const settings = z.strictObject({ type: z.literal('siren'), tone: z.number(), ...common });
`,
    );
    expect((await run('channels', 'test', 'siren')).err).toContain(
      'channel siren: type siren has settings and no channel: add services/notifier/channels/siren/channel.ts',
    );

    const folder = join(copy, 'services', 'notifier', 'channels', 'siren');
    await mkdir(folder);
    await writeFile(
      join(folder, 'channel.ts'),
      `import { settings as schema } from '#shared/config/channel-types/siren.ts';
import { renderText } from '../../cards/index.ts';
import type { OpenChannel } from '../channel.ts';
export const open: OpenChannel = ({ settings, mask }) => {
  const { tone } = schema.parse(settings);
  const textOf = (outgoing, language) =>
    outgoing.kind === 'card' ? tone + ' Hz ' + renderText(outgoing.message, { language, timeZone: 'UTC', mask, color: false }) : '';
  return {
    limits: { perSecond: 1, perMinute: 10, inFlight: 1 },
    canUpdate: false,
    leadsTo: 'the roof',
    render: (outgoing, { language }) => ({ kind: 'text', text: textOf(outgoing, language) }),
    send: async (outgoing, { language }) => {
      process.stdout.write(textOf(outgoing, language));
      return { kind: 'sent', code: 'wail' };
    },
  };
};
`,
    );
    const { code, out } = await run('channels', 'test', 'siren');
    expect(code).toBe(0);
    expect(out).toMatch(/^440 Hz 【提示】logpatrol/m);
    expect(out).toMatch(/channel siren: accepted in \d+ ms \(code wail\)/);
    expect((await run('channels', 'list')).out).toMatch(/^siren +siren +the roof +1\/s, 10\/min/m);

    await configure('channels:\n  siren: { type: siren, tune: 440 }\n');
    const { code: refused, err } = await run('config', 'check');
    expect(refused).toBe(78);
    expect(err).toContain('channels.siren.tone: is missing');
    expect(err).toContain('channels.siren.tune: there is no such setting; did you mean tone?');
  });
});
