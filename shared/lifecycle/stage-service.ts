import type { DependencyHealth, Member } from '#shared/bus/port.ts';
import type { Service } from './service.ts';

/**
 * A service that is made of members of the bus: it starts them one after the other, ends when one of them ends, and then
 * stops the others. Where one cannot start, those before it are stopped.
 */
export async function stageService(
  name: string,
  starts: readonly (() => Promise<Member>)[],
  readiness: () => Promise<DependencyHealth[]>,
): Promise<Service> {
  const members: Member[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()));
  };
  try {
    for (const start of starts) members.push(await start());
  } catch (error) {
    await stop();
    throw error;
  }
  const ended = Promise.all(members.map((member) => member.ended)).then(
    () => undefined,
    async (thrown: unknown) => {
      await stop();
      throw thrown;
    },
  );
  return { name, readiness, ended, stop };
}
