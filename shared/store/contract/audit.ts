import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '#shared/model/index.ts';
import type { Store } from '../port.ts';
import { forever, start } from './line.ts';

const minute = 60_000;
const by = { id: 'wang', name: '王芳' };

function entry(id: string, after: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  const at = new Date(start + after * minute).toISOString();
  return {
    id,
    at,
    by,
    via: 'card',
    action: 'acknowledge',
    outcome: 'done',
    incidentId: '0-audited-1',
    ...changes,
  };
}

export function auditContract(store: () => Store): void {
  describe('audit', () => {
    it('keeps each entry once, whatever its id looks like, and all of it', async () => {
      const full = entry(`${'长'.repeat(400)}'; DROP TABLE audit; --`, 1, {
        outcome: 'refused',
        why: 'the role viewer may not acknowledge',
        controlId: 'c0ffee',
        channel: 'ops',
        note: '"}}]',
        address: '10.0.0.1',
        incidentId: '0-audited-once',
      });
      expect(await store().saveAudit([full, full], forever)).toEqual([
        { kind: 'stored' },
        { kind: 'duplicate' },
      ]);
      expect(await store().saveAudit([full], { ...forever, verify: true })).toEqual([{ kind: 'duplicate' }]);
      await store().refresh();
      expect(await store().audit({ incidentId: '0-audited-once', limit: 10 })).toEqual([full]);
    });

    it('finds entries by incident, person, action and time, the newest first', async () => {
      const other = { id: 'zhao', name: 'Zhao' };
      const resolved = entry('audit-2', 2, { action: 'resolve' });
      const handedOver = entry('audit-3', 3, { action: 'hand-over', by: other });
      const { incidentId: _none, ...ofNoIncident } = entry('audit-4', 4, {
        action: 'queue.replay',
        by: other,
      });
      await store().saveAudit([entry('audit-1', 1), resolved, handedOver, ofNoIncident], forever);
      await store().refresh();
      const found = async (query: Partial<Parameters<Store['audit']>[0]>) =>
        (await store().audit({ limit: 10, ...query })).map(({ id }) => id);
      expect(await found({ incidentId: '0-audited-1' })).toEqual(['audit-3', 'audit-2', 'audit-1']);
      expect(await found({ incidentId: '0-audited-1', limit: 1 })).toEqual(['audit-3']);
      expect(await found({ by: 'zhao' })).toEqual(['audit-4', 'audit-3']);
      expect(await found({ incidentId: '0-audited-1', action: 'resolve' })).toEqual(['audit-2']);
      const [from, to] = [start + 2 * minute, start + 3 * minute];
      expect(await found({ incidentId: '0-audited-1', from, to })).toEqual(['audit-2']);
      expect(await found({ by: "zhao' OR 1=1 --" })).toEqual([]);
    });
  });
}
