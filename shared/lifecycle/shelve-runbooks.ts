import type { Change } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { reviewRunbooks } from '#shared/runbooks/index.ts';
import type { Store } from '#shared/store/port.ts';

/** Puts the runbooks that are in force into the store, where people look things up. Those that are wrong are left out, and counted. */
export async function shelveRunbooks(
  config: Pick<Config, 'runbooks'>,
  store: Store,
  { dryRun = false, signal = new AbortController().signal }: { dryRun?: boolean; signal?: AbortSignal } = {},
): Promise<Change> {
  const { runbooks, broken } = await reviewRunbooks(config.runbooks);
  const change = await store.saveRunbooks(runbooks, { signal, dryRun });
  if (broken.length === 0) return change;
  const left = `${broken.length} left out: run \`logpatrol runbooks lint\``;
  return { ...change, detail: change.detail === undefined ? left : `${change.detail}; ${left}` };
}
