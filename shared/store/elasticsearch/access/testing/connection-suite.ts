import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openStore } from '#shared/lifecycle/open.ts';
import type { SecuredSetting } from './secured-setting.ts';

const logger = pino({ level: 'silent' });

/** Who is not let in, and why, as `logpatrol doctor` says it. */
export function connectionSuite(settingOf: () => SecuredSetting): void {
  const healthWith = async (changes: Record<string, unknown>) => {
    const store = await openStore(settingOf().configWith(changes), { logger });
    try {
      const { ok, detail, remedy } = await store.health();
      return { ok, said: [detail, remedy].join('; ') };
    } finally {
      await store.close();
    }
  };
  const elastic = () => ({ username: 'elastic', password: settingOf().server.elasticPassword });

  it('a server whose certificate is signed by the authority given', async () => {
    expect(await healthWith(elastic())).toMatchObject({ ok: true });
  });

  it('a server whose certificate nobody known has signed', async () => {
    const { ok, said } = await healthWith({ ...elastic(), caFile: undefined });
    expect(ok).toBe(false);
    expect(said).toContain('set elasticsearch.caFile to the authority that signed its certificate');
  });

  it('a server that is called by a name that is not in its certificate', async () => {
    const url = settingOf().server.url.replace('localhost', '[::ffff:127.0.0.1]');
    const { ok, said } = await healthWith({ ...elastic(), url });
    expect(ok).toBe(false);
    expect(said).toContain('elasticsearch.url to a name that stands in it');
  });

  it('a server that speaks TLS, called without', async () => {
    const url = settingOf().server.url.replace('https', 'http');
    const { ok, said } = await healthWith({ ...elastic(), url, caFile: undefined });
    expect(ok).toBe(false);
    expect(said).toContain('does not answer');
  });

  it.each([
    ['a wrong password', { username: 'elastic', password: 'wrong' }, 'check elasticsearch.username'],
    ['a key that is none', { apiKey: 'bm9uZTpub25l' }, 'does not take this API key'],
    ['nobody', {}, 'it wants to know who asks'],
  ])('%s', async (_what, credentials, remedy) => {
    const { ok, said } = await healthWith(credentials);
    expect(ok).toBe(false);
    expect(said).toContain('answered 401');
    expect(said).toContain(remedy);
    expect(said).not.toContain('start Elasticsearch');
  });
}
