import { expect, it } from 'vitest';
import type { Runbook } from '#shared/runbooks/port.ts';
import type { Store } from '../port.ts';
import { forever } from './line.ts';

/** A runbook with these sections, heading and text. */
export function sampleRunbook(name: string, ...sections: [heading: string, text: string][]): Runbook {
  return {
    name,
    path: `/somewhere/${name}.md`,
    title: `手册 ${name}`,
    services: ['mysql'],
    rules: ['database.deadlock'],
    tags: ['死锁', 'deadlock'],
    severity: 'warning',
    owner: undefined,
    updated: '2026-11-21',
    sections: sections.map(([heading, text], index) => ({ heading, text, line: 10 + index })),
  };
}

export function runbookContract(store: () => Store): void {
  it('keeps exactly the runbooks that it is given, and says what changed', async () => {
    const save = (runbooks: readonly Runbook[], dryRun = false) =>
      store().saveRunbooks(runbooks, { ...forever, dryRun });
    const disk = sampleRunbook('disk', ['症状', '写不进去'], ['处置', '清理 `/var/log`']);
    const locks = sampleRunbook('locks', ['症状', '事务互相等待']);
    const first = { action: 'create', detail: '3 sections: 3 new' };
    expect(await save([disk, locks], true)).toMatchObject(first);
    expect(await save([disk, locks])).toMatchObject(first);
    expect(await save([disk, locks])).toEqual({ what: expect.stringContaining('runbooks'), action: 'none' });

    const changed = sampleRunbook('disk', ['症状', '写不进去'], ['处置', '扩容'], ['升级', '找 DBA']);
    const second = { action: 'update', detail: '3 sections: 1 new, 1 changed, 1 removed' };
    expect(await save([changed], true)).toMatchObject(second);
    expect(await save([changed])).toMatchObject(second);
    expect(await save([changed])).toMatchObject({ action: 'none' });
    expect(await save([])).toMatchObject({ action: 'update', detail: '0 sections: 3 removed' });
    expect(await save([])).toMatchObject({ action: 'none' });
  });
}
