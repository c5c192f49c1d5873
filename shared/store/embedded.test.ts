import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { storeContract } from './contract.ts';
import { openEmbeddedStore } from './embedded.ts';

const logger = pino({ level: 'silent' });

storeContract('embedded', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'logpatrol-store-'));
  const store = await openEmbeddedStore({ dataDir, maxBytes: 1e9, logger });
  const close = async () => {
    await store.close();
    await rm(dataDir, { recursive: true });
  };
  return { store, close };
});
