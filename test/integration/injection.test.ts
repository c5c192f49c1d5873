import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Finding } from '#shared/model/index.ts';
import { createMask } from '#shared/text/masking/index.ts';
import { readMarkdown } from '#test/stand-ins/feishu/index.ts';
import { startOllama } from '#test/stand-ins/ollama/index.ts';
import { startOpenai } from '#test/stand-ins/openai/index.ts';
import { type Installation, startInstallation } from './installation.ts';
import { attack, obey, unbound } from './obedient-model.ts';

const patience = { timeout: 45_000, interval: 100 };

const key = 'a masking key of the tests';
const secrets = ['hunter2-s3cret', 'ghp_abcdefghijklmnopqrst0123', 'eyJhbGciOiJIUzI1NiJ9', 'pw-in-url'];
const people = ['bob@corp.example.com', '13800138000', '11010519491231002X', '4111111111111111'];

/** Lines of three services: what is wrong, and what the log would have the model say of it. */
function lines(): string {
  const now = () => new Date().toISOString();
  return [
    `${now()} INFO [w] Login of ${people[0]}, 手机 ${people[1]}, 身份证 ${people[2]}, 卡号 ${people[3]} ${attack.english}`,
    `${now()} INFO [w] Config password=${secrets[0]} token: "${secrets[1]}" Authorization: Bearer ${secrets[2]}.eyJzdWIiOiIxIn0.abc`,
    `${now()} ERROR [w] OrderService - cannot save order of ${people[0]} ${attack.english} url=mysql://app:${secrets[3]}@db:3306`,
    `java.lang.OutOfMemoryError: Java heap space ${attack.chinese.replaceAll('\n', ' ')} password=${secrets[0]}`,
    '\tat com.example.shop.Orders.save(Orders.java:41)',
    `${now()} ERROR Database page corruption on disk or a failed file read ${attack.english} ${attack.chinese.replaceAll('\n', ' ')}`,
    '',
  ].join('\n');
}

/** Every object of a card, itself first. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const part of value) yield* objectsIn(part);
  else if (typeof value === 'object' && value !== null) {
    yield { ...value };
    for (const part of Object.values(value)) yield* objectsIn(part);
  }
}

const Body = z.object({ msg_type: z.literal('interactive'), card: z.record(z.string(), z.unknown()) });
const ownTag = /^<br>$|^<font color='grey'>$|^<\/font>$/;
const ownElements = [
  undefined,
  'markdown',
  'plain_text',
  'div',
  'column',
  'column_set',
  'text_tag',
  'collapsible_panel',
  'chart',
];

/** Nobody is mentioned, nothing leads anywhere, and nothing stands in it that the channel may not see. */
function expectHarmless(body: string): void {
  const { card } = Body.parse(JSON.parse(body));
  for (const element of objectsIn(card)) {
    expect(ownElements).toContain(element.tag);
    for (const key of ['url', 'multi_url', 'href', 'behaviors', 'user_id', 'open_id'])
      expect(element).not.toHaveProperty(key);
    // Plain text is never read for tags.
    if (element.tag !== 'markdown') continue;
    const { tags, links, images } = readMarkdown(String(element.content));
    expect(tags.filter(({ source, inCode }) => inCode || !ownTag.test(source))).toEqual([]);
    expect([...links, ...images]).toEqual([]);
  }
  for (const secret of [...secrets, ...people]) expect(body).not.toContain(secret);
}

/** A model that obeys the log, and the requests that it was sent. */
async function startModel(kind: 'bound by a schema' | 'bound by nothing') {
  if (kind === 'bound by a schema') {
    const ollama = await startOllama({ reply: ({ format }) => ({ kind: 'answer', answer: obey(format) }) });
    const config = { ollama: { url: ollama.url, model: 'qwen3:8b' } };
    return { config, requests: () => JSON.stringify(ollama.requests), close: () => ollama.close() };
  }
  const openai = await startOpenai({ formats: [], reply: () => ({ kind: 'answer', answer: unbound }) });
  const config = { openai: { url: openai.url, model: 'qwen3-8b' } };
  return { config, requests: () => JSON.stringify(openai.requests), close: () => openai.close() };
}

describe.each(['bound by a schema', 'bound by nothing'] as const)(
  'a model that does what the log says, %s',
  (kind) => {
    let installation: Installation | undefined;
    let model: Awaited<ReturnType<typeof startModel>> | undefined;
    afterEach(async () => {
      await installation?.stop();
      await model?.close();
    });

    it('moves no severity beyond the one step, mentions nobody, links nowhere, and is told no secret', async () => {
      const cards: string[] = [];
      model = await startModel(kind);
      const { runtime, folder, feishu } = await startInstallation('embedded', {
        config: { ...model.config, masking: { key } },
        onCard: (body) => cards.push(body),
      }).then((started) => {
        installation = started;
        return started;
      });
      await appendFile(join(folder, 'shop.log'), lines());

      const concluded = async (rule: string): Promise<Finding> =>
        vi.waitUntil(async () => {
          await runtime.store.refresh();
          const [found] = (await runtime.store.searchFindings({ limit: 50 })).filter((one) =>
            one.rule.endsWith(rule),
          );
          return found?.conclusion === undefined ? undefined : found;
        }, patience);
      const memory = await concluded('out-of-memory');
      const pinned = await concluded('corruption');
      await vi.waitUntil(
        () => [memory, pinned].every(({ id }) => cards.some((card) => card.includes(id))),
        patience,
      );

      // The rules say critical; the model said info, and the one rule is pinned.
      expect(memory.severity).not.toBe('info');
      expect(pinned.severity).toBe('critical');
      for (const { conclusion, exemplars } of [memory, pinned]) {
        const known = exemplars.map(({ id }) => id);
        for (const line of conclusion?.evidence ?? [])
          expect(known.some((id) => line.id.startsWith(id)) || (await isStored(line.id))).toBe(true);
        // The store has the lines as they are; people who may see them do.
        if (kind === 'bound by a schema' && conclusion === memory.conclusion)
          expect(conclusion?.evidence[0]?.text).toContain(people[0]);
        if (kind === 'bound by nothing') expect(conclusion).toMatchObject({ evidence: [], proven: false });
        for (const action of conclusion?.actions ?? [])
          expect(action.runbook?.title ?? '').not.toContain('evil');
        for (const secret of secrets) expect(JSON.stringify(conclusion)).not.toContain(secret);
      }

      expect(cards.length).toBeGreaterThan(0);
      for (const body of cards) expectHarmless(body);
      expect(feishu.accepted).toHaveLength(cards.length);
      expect(feishu.accepted.map(({ seen }) => seen?.color)).not.toContain('blue');

      const asked = model.requests();
      for (const secret of [...secrets, ...people]) expect(asked).not.toContain(secret);
      // What the model is shown in their place, and people too.
      const placeholders = createMask({ key })(`password=${secrets[0]} ${people[0]}`).split(/[ =]/);
      for (const placeholder of placeholders.slice(1)) {
        expect(placeholder).toMatch(/^\[(?:SECRET|EMAIL):\w{6}\]$/);
        expect(asked).toContain(placeholder);
        expect(feishu.accepted.some(({ seen }) => seen?.text.includes(placeholder))).toBe(true);
      }
      expect(asked).not.toContain('<at ');

      async function isStored(id: string): Promise<boolean> {
        const stored = await runtime.store.searchLogs({ limit: 100 });
        return stored.some((line) => line.id === id);
      }
    });
  },
);
