import type { Delivery } from '#shared/model/index.ts';
import { channelHealth } from '../channel.ts';
import { type Answer, answerOf, type Check, type Setting } from '../check.ts';

const hour = 60 * 60_000;
const most = 300;

/** Codes of Feishu that have a row of their own, https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
const rows: Readonly<Record<string, string>> = {
  '19021': 'feishu-19021',
  '19024': 'feishu-19024',
  '11232': 'feishu-11232',
  '9499': 'feishu-11232',
};

/** Whether each channel can be reached, and whether it has taken what it was sent lately. */
export const channelsCheck: Check = {
  name: 'channels',
  part: 'channels',
  anchors: ['channel-unreachable', 'channel-refuses', ...new Set(Object.values(rows))],
  async ask(setting) {
    const { config } = setting;
    const answers = await Promise.all(
      Object.keys(config.channels).map(async (name) => [
        answerOf(await channelHealth(name, config), 'channel-unreachable'),
        ...(await refusalsOf(name, setting)),
      ]),
    );
    return answers.flat();
  },
};

async function refusalsOf(channel: string, { store, clock }: Setting): Promise<Answer[]> {
  let deliveries: Delivery[];
  try {
    deliveries = await (await store()).deliveries({ channel, limit: most });
  } catch {
    // What the store says of itself is another check's answer; that the channel can be reached is told all the same.
    return [];
  }
  const recent = deliveries.filter(({ at }) => Date.parse(at) >= clock() - hour);
  const refused = recent.filter(({ outcome }) => outcome === 'dead' || outcome === 'retrying');
  const [last] = refused;
  if (last === undefined) return [];
  const sent = recent.filter(({ outcome }) => outcome === 'sent');
  const dead = refused.filter(({ outcome }) => outcome === 'dead').length;
  // The newest come first: what was taken after the last refusal says that it is over.
  const isOver = sent[0] !== undefined && sent[0].at > last.at;
  const said = [last.code, last.error].filter(Boolean).join(' ').slice(0, 200);
  return [
    {
      name: `refusals of ${channel}`,
      status: isOver && dead === 0 ? 'ok' : isOver ? 'warning' : 'bad',
      detail: `${refused.length} calls of the last hour were refused, ${dead} messages given up; the last: ${said}${isOver ? '; it takes cards again' : ''}`,
      remedy: `\`logpatrol queue list ${channel}\`; after mending \`logpatrol queue replay --channel ${channel}\` puts back what was given up`,
      anchor: rows[last.code ?? ''] ?? 'channel-refuses',
    },
  ];
}
