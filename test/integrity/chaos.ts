import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from './member.ts';
import type { Random } from './random.ts';

/** What was done to one stage. */
export interface Harm {
  readonly stage: string;
  kills: number;
  joins: number;
  stalls: number;
  /** The longest a member took to end after SIGTERM, in milliseconds. */
  longestStopMs: number;
  /** The most memory that a member of this stage was seen to hold, in bytes. */
  mostResidentBytes: number;
}

export interface ChaosOptions {
  readonly stage: string;
  readonly kills: number;
  readonly stalls: number;
  /** How long a stalled member is held, past its session. */
  readonly stallMs: number;
  /** Shortest and longest time between two harms. */
  readonly pauseMs: readonly [number, number];
  readonly random: Random;
  /** Starts one more member of this stage. */
  start(): Member;
  say(line: string): void;
}

/**
 * Harms one stage again and again while it works: SIGKILL of a member at a random moment and a new one in its place, a second
 * member that joins and leaves (in order, or killed), and SIGSTOP past the session. Ends with one live member.
 */
export async function harm(options: ChaosOptions): Promise<{ harm: Harm; survivors: Member[] }> {
  const { random, stage } = options;
  const done: Harm = { stage, kills: 0, joins: 0, stalls: 0, longestStopMs: 0, mostResidentBytes: 0 };
  let members = [options.start()];
  const sample = (): void => {
    for (const member of members)
      done.mostResidentBytes = Math.max(done.mostResidentBytes, member.residentBytes());
  };
  const timer = setInterval(sample, 500);
  const leave = async (member: Member): Promise<void> => {
    done.longestStopMs = Math.max(done.longestStopMs, await member.stop());
  };
  const pause = () => sleep(random.between(...options.pauseMs));

  while (done.kills < options.kills || done.stalls < options.stalls) {
    await pause();
    if (done.kills >= options.kills || (done.stalls < options.stalls && random.next() < 0.2)) {
      const [victim] = members;
      if (victim === undefined) throw new Error(`no member of ${stage}`);
      const standby = options.start();
      members.push(standby);
      done.joins += 1;
      await pause();
      options.say(`${stage}: SIGSTOP for ${options.stallMs / 1000} s`);
      victim.signal('SIGSTOP');
      await sleep(options.stallMs);
      victim.signal('SIGCONT');
      done.stalls += 1;
      await pause();
      await leave(victim);
      members = [standby];
      continue;
    }
    if (random.next() < 0.3) {
      members.push(options.start());
      done.joins += 1;
      await pause();
    }
    const victim = members[random.between(0, members.length - 1)];
    if (victim === undefined) throw new Error(`no member of ${stage}`);
    await victim.kill();
    done.kills += 1;
    options.say(`${stage}: kill -9, ${done.kills} of ${options.kills}`);
    members = members.filter((member) => member !== victim);
    if (members.length === 0) members.push(options.start());
    const [, second] = members;
    if (second !== undefined && random.next() < 0.5) {
      await leave(second);
      members = members.filter((member) => member !== second);
    }
  }
  await pause();
  clearInterval(timer);
  sample();
  for (const extra of members.slice(1)) await leave(extra);
  return { harm: done, survivors: members.slice(0, 1) };
}
