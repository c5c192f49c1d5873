import { openSession } from '../index.ts';
import { askedBmc, sessionOptions } from './asked-bmc.ts';

/** Opens a session and holds it, for a test that kills this process: `node hold-session.ts PORT USER PASSWORD`. */
const [port, user = '', password = ''] = process.argv.slice(2);
const session = await openSession(
  askedBmc({ port: Number(port), user, password }),
  sessionOptions({ timeoutMs: 60_000 }),
);
await session.chassis();
console.log('held');
