import { setFlagsFromString } from 'node:v8';
import { Argument, Command, Option } from 'commander';
import { frontDoor, serviceNames, stageNames, startersOf } from './services.ts';
import { configOf, loggerOf } from './setting.ts';

/** `logpatrol run SERVICE`. */
export function runCommand(): Command {
  return new Command('run')
    .description('Run one service, or all of them, until SIGTERM. This is what containers start.')
    .addArgument(new Argument('<service>', 'what to run').choices([...serviceNames, 'all']))
    .addOption(new Option('--stage <stage...>', 'only these stages of the service').choices(stageNames))
    .addHelpText(
      'after',
      `
Examples:
  logpatrol run all
  logpatrol run analyzer --stage detect
  LOGPATROL_KAFKA_BROKERS=kafka:9092 logpatrol run indexer

It serves /healthz, /readyz and /metrics on http.host and http.port. On SIGTERM it commits what it has and ends within 10 s.`,
    )
    .action(async (service: string, options: { stage?: string[] }, self: Command) => {
      // Before anything else is loaded: V8 then keeps its heap small, at the price of speed that this one does not need.
      if (service === 'ipmi') setFlagsFromString('--optimize-for-size');
      const { starters, hasGateway } = startersOf({
        service,
        ...(options.stage === undefined ? {} : { stages: options.stage }),
      });
      const config = await configOf(self);
      const { openRuntime, runServices, stopSignal } = await import('#shared/lifecycle/index.ts');
      const signal = stopSignal((code) => process.exit(code));
      const runtime = await openRuntime(config, { logger: loggerOf(config), name: service });
      try {
        await runServices(runtime, starters, {
          signal,
          frontDoor: (opened, health) => frontDoor(hasGateway, opened, health),
        });
      } finally {
        await runtime.close();
      }
    });
}
