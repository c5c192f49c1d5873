import { once } from 'node:events';
import { createServer } from 'node:http';

/** An address of this machine that answered once and does so no more: connections to it are refused. */
export async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${address.port}`;
}
