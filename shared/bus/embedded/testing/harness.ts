import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type BusHarness, gate, type Participant } from '../../contract/harness.ts';
import { openEmbeddedBus } from '../../embedded.ts';
import type { StageDefinition, StageTask } from '../../port.ts';

/**
 * One process has the data, so members share it. A stall is a handle whose result does not get through, and the group's
 * giving the member's partitions to others as at the end of a session.
 */
export async function openEmbeddedHarness(): Promise<BusHarness> {
  const dataDir = mkdtempSync(join(tmpdir(), 'logpatrol-bus-'));
  const bus = await openEmbeddedBus({ dataDir, maxBytes: 200e6, logger: pino({ level: 'silent' }) });
  const doors = new Set<() => void>();
  const joinBus = async <Outcome>(stage: StageDefinition<Outcome>): Promise<Participant> => {
    let door: Promise<void> | undefined;
    let open = (): void => {};
    const member = await bus.run({
      ...stage,
      task: (partition) => behindDoor(stage.task(partition), () => door),
    });
    const shut = async (): Promise<void> => {
      const { opened, open: unlock } = gate();
      door = opened;
      open = unlock;
      doors.add(unlock);
      member.evict();
    };
    const wake = async (): Promise<void> => {
      door = undefined;
      open();
    };
    return { member, stall: shut, wake, die: shut };
  };
  const close = async (): Promise<void> => {
    const closed = bus.close();
    for (const open of doors) open();
    await closed;
    rmSync(dataDir, { recursive: true });
  };
  return { bus, join: joinBus, close };
}

function behindDoor<Outcome>(
  task: StageTask<Outcome>,
  door: () => Promise<void> | undefined,
): StageTask<Outcome> {
  return {
    restore: (record) => task.restore?.(record),
    handle: async (input, context) => {
      const result = await task.handle(input, context);
      await door();
      return result;
    },
  };
}
