import { expect, it } from 'vitest';
import type { Store } from '../port.ts';
import { forever, line, start } from './line.ts';

/** Writing logs: what is stored, what is a duplicate, what is refused. */
export function logContract(store: () => Store): void {
  it('gives back what it stored', async () => {
    const document = line('unable to reach 10.0.0.5', { at: start + 7, host: 'db-7', service: 'ledger' });
    expect(await store().saveLogs([document], forever)).toEqual([{ kind: 'stored' }]);
    await store().refresh();
    expect(await store().searchLogs({ service: 'ledger', limit: 10 })).toEqual([
      {
        id: document.id,
        type: 'app',
        timestamp: new Date(start + 7).toISOString(),
        host: 'db-7',
        service: 'ledger',
        message: 'unable to reach 10.0.0.5',
      },
    ]);
  });

  it('stores an id once, within a call and over calls, looked up or not', async () => {
    const first = line('one', { service: 'twice' });
    const second = line('two', { service: 'twice' });
    const outcomes = await store().saveLogs([first, second, first], forever);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'stored', 'duplicate']);
    for (const verify of [false, true]) {
      const third = line('three', { service: 'twice' });
      const again = await store().saveLogs([second, third, first], { ...forever, verify });
      expect(again.map(({ kind }) => kind)).toEqual(['duplicate', 'stored', 'duplicate']);
    }
    await store().refresh();
    expect(await store().countLogs({ service: 'twice' })).toBe(4);
  });

  it('keeps the same id of two types apart', async () => {
    const both = ['app', 'nginx'].map((type) => line('both', { id: 'shared-id', type, service: 'both' }));
    expect(await store().saveLogs(both, forever)).toEqual([{ kind: 'stored' }, { kind: 'stored' }]);
    await store().refresh();
    expect(await store().countLogs({ service: 'both' })).toBe(2);
    expect(await store().countLogs({ service: 'both', type: 'nginx' })).toBe(1);
    expect(await store().countLogs({ service: 'both', type: 'no such type/*' })).toBe(0);
  });

  it('refuses what is no document by itself, and stores the rest of the call', async () => {
    const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const time = '"@timestamp":"2026-11-20T08:00:00.000Z"';
    const documents = [
      '{"@timestamp": oops',
      '[1, 2]',
      '{"message":"no time"}',
      '{"@timestamp":"yesterday"}',
      '{"@timestamp":"+275760-09-13T00:00:00.000Z"}',
      `{${time},"deep":${nested}}`,
    ].map((json, index) => ({ id: `refused-${index}`, type: 'app', json }));
    const good = line('good among the bad', { service: 'survivor' });
    const outcomes = await store().saveLogs([...documents, good], forever);
    expect(outcomes.map(({ kind }) => kind)).toEqual([...documents.map(() => 'rejected'), 'stored']);
    await store().refresh();
    expect(await store().countLogs({ service: 'survivor' })).toBe(1);
  });

  it('answers nothing for nothing, and refuses to begin once the signal has aborted', async () => {
    expect(await store().saveLogs([], forever)).toEqual([]);
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(store().saveLogs([line('late', { service: 'late' })], { signal })).rejects.toThrow(
      'stopped',
    );
    await store().refresh();
    expect(await store().countLogs({ service: 'late' })).toBe(0);
  });
}
