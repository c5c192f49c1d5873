import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Assets } from '#shared/assets/index.ts';
import type { Config } from '#shared/config/index.ts';
import type { ControlBoard } from '#shared/controls/index.ts';
import { type Asset, type Incident, isDrill } from '#shared/model/index.ts';
import type { Runbooks } from '#shared/runbooks/port.ts';
import type { MachineBoard } from '../machines/index.ts';
import type { ContextSources } from '../reason/context.ts';
import { knownOf, runbookQuery, topHosts } from './known.ts';
import { Patience } from './patience.ts';
import { similarTo } from './similar.ts';
import { type ContextStore, queued } from './store-queue.ts';
import { machineTypes, surroundingsOf } from './surroundings.ts';

/** How long a finding waits for the newest readings: for what is at hand, not for a bus that is away. In milliseconds. */
const refreshMs = 500;

export interface ContextSourcesOptions {
  readonly config: Pick<Config, 'language' | 'reasoning' | 'routes'>;
  readonly runbooks: Pick<Runbooks, 'all' | 'find' | 'search'>;
  readonly assets?: Pick<Assets, 'lookup' | 'fetch'> | undefined;
  readonly machines?: Pick<MachineBoard, 'of' | 'refresh'> | undefined;
  readonly store: ContextStore;
  readonly controls: Pick<ControlBoard, 'all'>;
  readonly logger: Logger;
  readonly metrics?: Registry | undefined;
}

/**
 * What is told of an incident besides itself: runbooks, the inventory, the lines around it, and earlier failures like it. All are
 * asked at once and waited for `reasoning.contextSeconds` at most, each by itself.
 */
export function openContextSources(options: ContextSourcesOptions): ContextSources {
  const { config, runbooks, assets, machines, controls } = options;
  const { contextSeconds, surroundingLines, surroundingMinutes } = config.reasoning;
  const store = queued(options.store);
  const patience = new Patience(options);
  const known = knownOf({ runbooks, assets, machines });
  const surroundings = {
    lines: surroundingLines,
    minutes: surroundingMinutes,
    machineTypes: machineTypes.filter((type) => Object.hasOwn(config.routes, type)),
  };
  return {
    known,
    async refresh(signal) {
      if (machines === undefined) return;
      const late = new AbortController();
      const until = AbortSignal.any([signal, late.signal]);
      const atTheLatest = setTimeout(refreshMs, undefined, { signal: until, ref: false }).catch(
        () => undefined,
      );
      await Promise.race([machines.refresh(), atTheLatest]);
      late.abort();
    },
    async gather(incident, signal) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(contextSeconds * 1000)]);
      const atOnce = known(incident);
      if (isDrill(incident)) return { ...atOnce, surroundings: [], similar: [] };
      const [sections, facts, lines, similar] = await Promise.all([
        patience.within('runbooks', until, atOnce.runbooks, (each) =>
          runbooks.search(runbookQuery(incident), each),
        ),
        assetsOf(incident, until),
        surroundingsOf(incident, store, patience, surroundings, until),
        similarTo(incident, { store, controls: controls.all(), language: config.language }, patience, until),
      ]);
      return { runbooks: sections, assets: facts, machines: atOnce.machines, surroundings: lines, similar };
    },
  };

  async function assetsOf(incident: Incident, until: AbortSignal): Promise<Asset[]> {
    if (assets === undefined) return [];
    const found = await Promise.all(
      topHosts(incident).map((host) =>
        patience.within('assets', until, assets.lookup(host), (each) => assets.fetch(host, each)),
      ),
    );
    return found.filter((asset) => asset !== undefined);
  }
}
