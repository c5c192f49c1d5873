import { SlackStandIn } from '#test/stand-ins/slack/index.ts';
import { misbehaving, type StartFarSide } from '../../testing/channel-contract.ts';

export const farSide: StartFarSide = async () => {
  const slack = new SlackStandIn();
  await slack.up();
  return {
    settings: { webhook: slack.webhook, timeoutSeconds: 1 },
    wrong: { settings: { webhook: `${slack.webhook}x`, timeoutSeconds: 1 } },
    secrets: [slack.webhook, new URL(slack.webhook).pathname],
    seen: () => slack.accepted.map(({ text }) => text),
    misbehave: misbehaving(slack.faults),
    down: () => slack.down(),
  };
};
