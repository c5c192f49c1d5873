import type { DependencyHealth } from '#shared/bus/port.ts';
import type { Asset } from '#shared/model/index.ts';

/** The team's inventory (CMDB): what a host is, and whose. What it says is data from outside, like log text. */
export interface Assets {
  /** What is known of a host at once; never waits. What has to be asked for is asked meanwhile, and known the next time. */
  lookup(host: string): Asset | undefined;
  /** The same, asked for where it is not known. Rejects with the signal's reason alone: an inventory that is away has nothing to say. */
  fetch(host: string, signal: AbortSignal): Promise<Asset | undefined>;
  health(): Promise<DependencyHealth>;
  close(): Promise<void>;
}
