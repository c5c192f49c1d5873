import { describe, expect, it } from 'vitest';
import type { Message } from '#shared/model/index.ts';
import { judgeCard, readMarkdown } from '#test/stand-ins/feishu/index.ts';
import { randomFrom } from '../testing/hostile.ts';
import { hostileMessage } from '../testing/hostile-message.ts';
import { linkedOptions } from '../testing/render-options.ts';
import { renderFeishuCard } from './feishu.ts';
import type { RenderOptions } from './options.ts';

function* markdownOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* markdownOf(item);
  else if (typeof value === 'object' && value !== null) {
    if ('tag' in value && value.tag === 'markdown' && 'content' in value) yield String(value.content);
    for (const item of Object.values(value)) yield* markdownOf(item);
  }
}

const ours =
  /^https:\/\/(?:logpatrol\.example\.com\/[af]\/[\w.-]+|kibana\.example\.com\/base\/s\/ops\/app\/discover#\/\?_g=[\w%.-]+&_a=[\w%.-]+)$/;
const harmless = /^<br>$|^<font color='grey'>$|^<\/font>$/;
const mention = /^<at id=ou_7d8a6e6df7621556ce0d21922b676706>$|^<\/at>$/;
const block = /^(?:paragraph_open|fence|(?:ordered|bullet)_list_open|list_item_open)$/;

/** What is wrong with the card of this message, '' where nothing is. */
function wrongWith(message: Message, options: RenderOptions): string {
  const card = renderFeishuCard(message, options);
  const size = Buffer.byteLength(JSON.stringify(card));
  if (size > options.maxBytes) return `${size} bytes`;
  const verdict = judgeCard(card, { callbacks: options.buttons === 'callback' });
  if (!verdict.ok) return verdict.message;
  const called = new Set(message.mentions?.map(({ feishu }) => feishu));
  const stranger = verdict.mentions.find((id) => !called.has(id) || !/^ou_\w+$/.test(id));
  if (stranger !== undefined) return `calls ${stranger}`;
  const forged = verdict.urls.find((url) => !ours.test(url));
  if (forged !== undefined) return `links to ${forged}`;
  if (options.plain && (verdict.urls.length > 0 || verdict.mentions.length > 0)) return 'is not plain';
  const named = message.others?.find(({ id }) => /^0-[0-9a-f]+-/.test(id) && !verdict.seen.text.includes(id));
  if (named !== undefined) return `leaves out ${named.id}`;
  for (const content of markdownOf(card)) {
    const { tags, links, images, blocks } = readMarkdown(content);
    if (links.length + images.length > 0) return `links in ${content}`;
    const live = tags.find(
      ({ source, inCode }) => inCode || !(harmless.test(source) || mention.test(source)),
    );
    if (live !== undefined) return `${live.source} in ${content}`;
    const odd = blocks.find((each) => !block.test(each));
    if (odd !== undefined) return `${odd} in ${content}`;
    if (blocks.filter((each) => each === 'fence').length > 1) return `two blocks in ${content}`;
  }
  return '';
}

describe('cards of hostile findings', () => {
  it('keep to every limit, call nobody, link nowhere but to us, and leave no code block: 10,000 of them', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    process.stdout.write(`hostile findings: seed ${seed}\n`);
    const random = randomFrom(seed);
    const buttons = ['callback', 'links', 'none'] as const;
    for (let round = 0; round < 10_000; round++) {
      const options: RenderOptions = {
        ...linkedOptions,
        language: random() < 0.5 ? 'zh-CN' : 'en',
        buttons: buttons[round % 3] ?? 'none',
        canUpdate: random() < 0.5,
        maxBytes: random() < 0.5 ? 19_800 : 29_000,
        plain: random() < 0.05,
      };
      const wrong = wrongWith(hostileMessage(random, round), options);
      if (wrong !== '') expect.fail(`seed ${seed}, round ${round}: ${wrong.slice(0, 2000)}`);
    }
  }, 300_000);
});
