import type { Config } from '#shared/config/index.ts';
import { Correlator } from './correlator.ts';
import type { KnownGood } from './surroundings.ts';

/** Beyond it incidents are given up to whoever goes through the logs, with less evidence. In bytes. */
const maxBytes = 48 * 1024 * 1024;

/**
 * A domain's correlator for logs that are finished. Nothing is old in them: whoever goes through them wants to know of all that is
 * there.
 *
 * @param name of the domain
 */
export function finishedLogsCorrelator(config: Config, name: string, isKnownGood?: KnownGood): Correlator {
  return new Correlator({
    incidents: { ...config.incidents, oldAfterMinutes: Number.POSITIVE_INFINITY },
    language: config.language,
    domain: name,
    partition: config.domains.find((domain) => domain.name === name)?.partition ?? 0,
    maxBytes,
    ...(isKnownGood && { isKnownGood }),
  });
}
