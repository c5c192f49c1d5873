import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditContract } from './contract/audit.ts';
import { alikeContract, deliveryContract, findingContract } from './contract/findings.ts';
import { hostileContract } from './contract/hostile.ts';
import { logContract } from './contract/logs.ts';
import { metricContract } from './contract/metrics.ts';
import { runbookContract } from './contract/runbooks.ts';
import { scanContract } from './contract/scan.ts';
import { searchContract } from './contract/search.ts';
import type { Store } from './port.ts';

/** A store of its own, set up and empty, and its end, which removes what it kept. */
export interface StoreHarness {
  readonly store: Store;
  close(): Promise<void>;
}

/** What every adapter must hold. */
export function storeContract(name: string, open: () => Promise<StoreHarness>): void {
  describe(`${name}: the store contract`, () => {
    let harness: StoreHarness | undefined;
    const store = (): Store => {
      if (!harness) throw new Error('the harness is not open');
      return harness.store;
    };
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());

    it('is set up once, and set up again changes nothing', async () => {
      expect(new Set((await store().setup()).map(({ action }) => action))).toEqual(new Set(['none']));
      expect(await store().health()).toMatchObject({ ok: true });
    });
    logContract(store);
    searchContract(store);
    scanContract(store);
    hostileContract(store);
    findingContract(store);
    alikeContract(store);
    deliveryContract(store);
    auditContract(store);
    metricContract(store);
    runbookContract(store);
  });
}
