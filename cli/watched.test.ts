import { expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { banner, filesToFollow } from './watched.ts';

const withBmcs = ConfigSchema.parse({ ipmi: { servers: [{ name: 'db-1-bmc', host: '10.0.0.11' }] } });
const unreadable = async () => [];

it('a user who can read no log of the system can watch BMCs', async () => {
  await expect(filesToFollow([], 'app', ConfigSchema.parse({}), unreadable)).rejects.toThrow('name files');
  expect(await filesToFollow([], 'app', withBmcs, unreadable)).toEqual([]);
  expect(banner(withBmcs, [], 'http://127.0.0.1:8630')).toMatch(
    /^logpatrol watches servers through their BMCs /,
  );
});

it('says of BMCs beside files, and nothing where there are none', () => {
  const files = [{ path: 'app.log', type: 'app' }];
  expect(banner(withBmcs, files, '')).toMatch(/^logpatrol watches app.log, servers through their BMCs /);
  expect(banner(ConfigSchema.parse({}), files, '')).toMatch(/^logpatrol watches app.log\n/);
});
