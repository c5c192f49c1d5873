import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewPage, renderFeishuCard } from '#services/notifier/cards/index.ts';
import { randomFrom } from '#services/notifier/testing/hostile.ts';
import { hostileMessage } from '#services/notifier/testing/hostile-message.ts';
import { linkedOptions } from '#services/notifier/testing/render-options.ts';
import { richMessage } from '#services/notifier/testing/rich-message.ts';
import type { Message } from '#shared/model/index.ts';
import { chromiumPath, launch } from './chromium.ts';

if (chromiumPath === undefined)
  process.stdout.write('no chromium on this machine: the page of cards is not tried\n');

/** What would run if text of a log could become markup. */
const scripts = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '"><script>alert(1)</script>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '</pre></code><iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
];

describe.skipIf(chromiumPath === undefined)('the page of cards, in a browser', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-browser-'));
    browser = await launch(chromiumPath ?? '');
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page of these messages, and what it tried to run, to fetch or to say. */
  async function opened(
    messages: readonly Message[],
    title = 'test',
  ): Promise<{ page: Page; trouble: string[] }> {
    const shown = messages.map((message) => ({
      kind: 'card' as const,
      card: renderFeishuCard(message, {
        ...linkedOptions,
        buttons: 'callback',
        canUpdate: true,
        maxBytes: 29_000,
      }),
    }));
    const file = join(folder, `${messages.length}.html`);
    await writeFile(file, previewPage({ language: 'zh-CN', title, shown }));
    const page = await browser.newPage({ viewport: { width: 680, height: 900 } });
    const trouble: string[] = [];
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => trouble.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== url) trouble.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, trouble };
  }

  it('shows title, tags, facts, conclusion, lines, chart, list, history and buttons', async () => {
    const { page, trouble } = await opened([richMessage()]);
    const text = await page.locator('article').innerText();
    for (const part of [
      '【严重】order-api：无法连接数据库',
      '处理中',
      '触发时间',
      '详细原因',
      'max_connections',
      '建议处理',
      '同类告警（2）',
      '0-71c2d3e4f5061728-m3k9x4a1',
      '王芳 开始处理',
      '已解决',
      '转交',
    ])
      expect(text).toContain(part);
    expect(await page.locator('svg rect').count()).toBe(20);
    const color = "getComputedStyle(document.querySelector('article header')).backgroundColor";
    expect(await page.evaluate(color)).toBe('rgb(253, 226, 226)');
    await page.locator('summary').click();
    expect(await page.locator('details').innerText()).toContain('database/connection-refused');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(trouble).toEqual([]);
  }, 60_000);

  it('runs nothing, fetches nothing and loses nothing of hostile findings', async () => {
    const random = randomFrom(Date.now() % 2 ** 31);
    const messages = [
      ...scripts.map((script) => richMessage(scripted(script))),
      ...Array.from({ length: 60 }, (_, round) => hostileMessage(random, round)),
    ];
    const { page, trouble } = await opened(messages, scripts.join(' '));
    expect(trouble).toEqual([]);
    expect(await page.locator('article').count()).toBe(messages.length);
    expect(await page.locator('script, img, iframe, object, embed, form, [onload], [onerror]').count()).toBe(
      0,
    );
    const links = await page.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links.length).toBeGreaterThan(0);
    expect(
      links.filter((link) => !/^https:\/\/(?:logpatrol|kibana)\.example\.com\//.test(link ?? '')),
    ).toEqual([]);
    expect(await page.locator('article').first().innerText()).toContain('alert(1)');
  }, 60_000);
});

/** The script in every text of a log. */
function scripted(script: string): Partial<Message> {
  const { finding } = richMessage();
  return {
    finding: {
      ...finding,
      title: script,
      service: script,
      detail: script,
      hosts: [script],
      exemplars: [{ id: 'e1', timestamp: finding.firstSeen, host: script, text: script, before: [script] }],
    },
  };
}
