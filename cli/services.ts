import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import type { FrontDoor, Runtime, Starter } from '#shared/lifecycle/index.ts';
import type { ProcessHealth } from '#shared/telemetry/index.ts';

/** What is followed, as `config.tail.files` names it. */
export type TailFile = Config['tail']['files'][number];

const analyzerStages = ['detect', 'hardware', 'correlate', 'reason'] as const;
const notifierStages = ['notify', 'deliver'] as const;

/** Services that can be started by name, each with its stages that can run alone. */
const stagesOf: Readonly<Record<string, readonly string[]>> = {
  tail: [],
  ipmi: [],
  indexer: [],
  analyzer: analyzerStages,
  notifier: notifierStages,
  housekeeping: [],
  gateway: [],
};

export const serviceNames: readonly string[] = Object.keys(stagesOf);
export const stageNames: readonly string[] = Object.values(stagesOf).flat();

export interface ServiceChoice {
  /** One of `serviceNames`, or `all`. */
  readonly service: string;
  /** Stages of that service; all of them where absent. */
  readonly stages?: readonly string[];
  /** What `tail` follows; what the configuration says where absent. */
  readonly files?: readonly TailFile[];
}

/**
 * How to start what was asked for. Each service's modules are read only when it starts.
 *
 * @throws LogpatrolError `usage` for a stage that the service does not have
 */
export function startersOf(choice: ServiceChoice): { starters: Starter[]; hasGateway: boolean } {
  const names = choice.service === 'all' ? serviceNames : [choice.service];
  for (const name of names) checkStages(name, choice.stages ?? []);
  const starters = names.filter((name) => name !== 'gateway').map((name) => starterOf(name, choice));
  return { starters, hasGateway: names.includes('gateway') };
}

function checkStages(service: string, stages: readonly string[]): void {
  const known = stagesOf[service] ?? [];
  const wrong = stages.find((stage) => !known.includes(stage));
  if (wrong === undefined) return;
  throw new LogpatrolError(
    'usage',
    known.length === 0
      ? `the service ${service} has no stages that run alone`
      : `the service ${service} has no stage "${wrong}"; it has ${known.join(', ')}`,
  );
}

function starterOf(name: string, { stages = [], files }: ServiceChoice): Starter {
  const chosen = <Stage extends string>(all: readonly Stage[]): readonly Stage[] =>
    stages.length === 0 ? all : all.filter((stage) => stages.includes(stage));
  return {
    name,
    start: async (runtime: Runtime) => {
      switch (name) {
        case 'tail': {
          const { start } = await import('#services/tail/main.ts');
          return start(runtime, { files: files ?? runtime.config.tail.files });
        }
        case 'ipmi': {
          const { start } = await import('#services/ipmi/main.ts');
          return start(runtime);
        }
        case 'indexer': {
          const { start } = await import('#services/indexer/main.ts');
          return start(runtime);
        }
        case 'analyzer': {
          const { start } = await import('#services/analyzer/main.ts');
          return start(runtime, { stages: chosen(analyzerStages) });
        }
        case 'notifier': {
          const { start } = await import('#services/notifier/main.ts');
          return start(runtime, { stages: chosen(notifierStages) });
        }
        case 'housekeeping': {
          const { start } = await import('#services/housekeeping/main.ts');
          return start(runtime);
        }
        default:
          throw new Error(`no starter for the service ${name}`);
      }
    },
  };
}

/** What answers HTTP: the gateway where it was asked for, else the probes alone. */
export async function frontDoor(
  hasGateway: boolean,
  runtime: Runtime,
  health: ProcessHealth,
): Promise<FrontDoor> {
  if (hasGateway) {
    const { start } = await import('#services/gateway/main.ts');
    return start(runtime, { health });
  }
  const { probeServer } = await import('#shared/lifecycle/index.ts');
  return probeServer(runtime, health);
}
