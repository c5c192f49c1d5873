import { pino } from 'pino';
import { openSession } from '../index.ts';

/** Opens a session and holds it, for a test that kills this process: `node hold-session.ts PORT USER PASSWORD`. */
const [port, user, password = ''] = process.argv.slice(2);
const session = await openSession(
  {
    name: 'held',
    host: '127.0.0.1',
    port: Number(port),
    hostName: 'held',
    group: undefined,
    user,
    password: async () => password,
    cipherSuite: 3,
    privilege: 'user',
    tool: 'ipmitool',
    intervalSeconds: 30,
    maxRetries: 2,
    timeoutSeconds: 60,
  },
  {
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    logger: pino({ level: 'silent' }),
    ipmitool: 'ipmitool',
  },
);
await session.chassis();
console.log('held');
