import type { ServerList } from './server-list.ts';

/** One place that lists servers. */
export interface Source {
  /** As it was read last; where it cannot be read, as it was before, with a problem that says so. */
  current(): ServerList;
  close(): Promise<void>;
}
