/**
 * The stand-in Feishu as a process: prints one JSON line with its webhook, where apps call, and its control address, and ends on SIGTERM.
 * Environment: FEISHU_PORT, FEISHU_CONTROL_PORT (any free one), FEISHU_SECRET, FEISHU_LIMITS (`platform` or `unlimited`),
 * FEISHU_LIVES_WITH_STDIN (ends when its standard input does: the parent that holds the other end is gone).
 */
import { serveControl } from './control.ts';
import { FeishuStandIn } from './server.ts';

const { FEISHU_PORT, FEISHU_CONTROL_PORT, FEISHU_SECRET, FEISHU_LIMITS, FEISHU_LIVES_WITH_STDIN } =
  process.env;
const feishu = new FeishuStandIn({
  port: Number(FEISHU_PORT ?? 0),
  limits: FEISHU_LIMITS === 'unlimited' ? 'unlimited' : 'platform',
  ...(FEISHU_SECRET === undefined ? {} : { secret: FEISHU_SECRET }),
});
await feishu.up();
const control = await serveControl(feishu, Number(FEISHU_CONTROL_PORT ?? 0));
process.stdout.write(
  `${JSON.stringify({ webhook: feishu.webhook, baseUrl: feishu.baseUrl, control: control.url })}\n`,
);
if (FEISHU_LIVES_WITH_STDIN !== undefined) process.stdin.resume().once('end', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
