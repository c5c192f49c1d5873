import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type TestGateway } from '#services/gateway/testing/open-gateway.ts';
import { type SignedLink, signLink } from '#shared/links/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { chromiumPath, launch } from './chromium.ts';

const key = 'a-key-of-the-test-for-links';
const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(2)><style>body{display:none}</style>';
const finding = sampleFinding({ title: `Too many ${evil}`, detail: evil, hosts: [evil] });

describe.skipIf(chromiumPath === undefined)('the pages of signed links, in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let gateway: TestGateway;
  const said: string[] = [];

  beforeAll(async () => {
    browser = await launch(chromiumPath ?? '');
  }, 60_000);
  afterAll(() => browser.close());

  beforeEach(async () => {
    said.length = 0;
    gateway = await openGateway({
      language: 'en',
      http: { publicUrl: 'https://logpatrol.example', linkKey: key },
    });
    await gateway.save(finding);
    context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    page = await context.newPage();
    page.on('console', (message) => said.push(message.text()));
    page.on('dialog', (dialog) => {
      said.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
  });
  afterEach(async () => {
    await context.close();
    await gateway.close();
  });

  const link = (purpose: SignedLink['purpose']): string => {
    const token = signLink(key, {
      ...{ incidentId: finding.id, purpose, channel: 'console', expiresAt: Date.now() + 3_600_000 },
    });
    return `${gateway.url}/${purpose === 'view' ? 'f' : 'a'}/${token}`;
  };

  it('lead from the finding over its form to what was done, on a phone, and obey nothing of a log', async () => {
    await page.goto(link('view'));
    expect(await page.textContent('h1')).toBe(finding.title);
    const isWide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
    expect(isWide).toBe(false);
    await page.click('text=Take it');
    expect(await gateway.signals()).toEqual([]);
    await page.fill('input[name=name]', 'Ana');
    await page.fill('textarea[name=note]', 'on it');
    await page.click('button[type=submit]');
    await page.waitForSelector('.done');
    expect(await page.textContent('.done')).toContain('It is yours now');
    expect(await gateway.signals()).toMatchObject([{ action: 'acknowledge', note: 'on it' }]);
    await page.click('text=Details');
    expect(await page.textContent('h1')).toBe(finding.title);
    expect(said).toEqual([]);
  }, 30_000);

  it('refuse a form that another site sends in the name of a reader', async () => {
    const form = `<form method="post" action="${link('resolve')}"><input name="name" value="Mallory"></form>
      <script>document.forms[0].submit()</script>`;
    const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(form));
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    try {
      const address = site.address();
      const port = typeof address === 'object' ? address?.port : 0;
      await page.goto(`http://localhost:${port}/`);
      await page.waitForURL(/\/a\//);
      expect(await page.textContent('main')).toContain('not sent from this page');
      expect(await gateway.signals()).toEqual([]);
    } finally {
      site.closeAllConnections();
      await new Promise((resolve) => site.close(resolve));
    }
  }, 30_000);
});
