import type { Logger } from 'pino';
import { openFound } from './admission.ts';
import { describeProblem, discover, entryOf, type FoundFile, isMissing, type TailEntry } from './discover.ts';
import { Follower, type Reading } from './follower.ts';
import type { Ledger } from './ledger.ts';
import { rotatedFiles } from './rotated-files.ts';

/** A file that nobody lists any more is followed on until it has not grown for so long: its writer may still have it open. */
const lingerMs = 5 * 60 * 1000;
/** A deleted one shorter, for its space is free only when it is closed. */
const deletedLingerMs = 10 * 1000;
/** A file without growth for so long is closed until it grows. */
const idleMs = 5 * 60 * 1000;
/** Open files beyond this are closed as soon as they are read to the end. */
const maxOpen = 1024;
/** Files move while they are listed, so a rotation is looked at more than once. */
const rotationMs = 1500;
/** Clocks of file systems are coarse. */
const clockSlackMs = 50;

/** Which files are followed, kept up with what the file system shows. */
export class FollowedFiles {
  readonly followers = new Map<string, Follower>();
  readonly #entries: readonly TailEntry[];
  readonly #ledger: Ledger;
  readonly #reading: Reading;
  readonly #logger: Logger;
  readonly #onEnded: () => void;
  #told: ReadonlyMap<string, string> = new Map();
  /** True where a file waits for the next look: it may be a copy in the making, or it has just moved. */
  #hasUndecided = false;
  #refused = new Set<string>();
  /** Paths at which contents have ended since the last look, by truncation or by another file taking the name. */
  #rotated = new Map<string, Rotation>();
  #previousLook: number | undefined;

  constructor(
    entries: readonly TailEntry[],
    ledger: Ledger,
    reading: Reading,
    logger: Logger,
    onEnded: () => void,
  ) {
    this.#entries = entries;
    this.#ledger = ledger;
    this.#reading = reading;
    this.#logger = logger;
    this.#onEnded = onEnded;
  }

  /** True where another look is due soon. */
  get isUnsettled(): boolean {
    return this.#hasUndecided || this.#rotated.size > 0;
  }

  /** Paths that cannot be followed now, with the reason. */
  get problems(): ReadonlyMap<string, string> {
    return this.#told;
  }

  /** Looks at what there is, takes up what is new and lets go of what is gone and finished. Returns the folders to watch. */
  async look(now: number): Promise<ReadonlySet<string>> {
    const { files, folders, problems } = await discover(this.#entries);
    const isFirst = this.#previousLook === undefined;
    this.#hasUndecided = false;

    const listed = [...this.followers.values()].filter((follower) => follower.isListed);
    for (const follower of listed) follower.isListed = false;
    const refused = new Set<string>();
    for (const file of files) {
      const key = keyOf(file);
      const follower = this.followers.get(key);
      if (follower !== undefined) follower.seenAt(file.path);
      else if (this.#refused.has(key)) refused.add(key);
      else await this.#takeUp(file, now, problems, { refused });
    }
    this.#refused = refused;

    for (const follower of listed) if (!follower.isListed) this.#noteRotation(follower, now);
    if (isFirst) await this.#takeUpRotatedWhileAway(now, problems);
    else await this.#takeUpMissed(now, problems);
    this.#previousLook = now;
    await this.#letGo(now);
    for (const { problem, currentPath } of this.followers.values())
      if (problem !== undefined) problems.set(currentPath, problem);
    this.#tell(problems);
    return folders;
  }

  async close(): Promise<void> {
    for (const follower of this.followers.values()) await follower.close().catch(() => {}); // Only read from.
  }

  async #takeUp(
    file: FoundFile,
    now: number,
    problems: Map<string, string>,
    { refused, knownAs }: { refused?: Set<string>; knownAs?: string } = {},
  ): Promise<void> {
    try {
      const opened = await openFound(file);
      if (opened.kind !== 'file') {
        if (opened.kind === 'packed' && file.named)
          problems.set(
            file.path,
            `${file.path} is packed and so not followed; logpatrol scan reads gzip files.`,
          );
        if (opened.kind === 'replaced') this.#hasUndecided = true;
        else refused?.add(keyOf(file));
        return;
      }
      const start = this.#ledger.startingPoint(opened.candidate, this.followers.values(), now);
      if (start === undefined) {
        this.#hasUndecided = true;
        await opened.handle.close();
        return;
      }
      const follower = new Follower(file, start, this.#reading, opened.handle, now, (generation, at) => {
        this.#ledger.end(generation, at);
        this.#noteRotation(follower, at);
        this.#onEnded();
      });
      follower.path = knownAs ?? follower.path;
      follower.wakeAt = now;
      this.followers.set(follower.key, follower);
    } catch (error) {
      // Renamed since it was listed: the next look finds it.
      if (isMissing(error)) this.#hasUndecided = true;
      else problems.set(file.path, describeProblem(file.path, error));
    }
  }

  /** Files that were renamed out of sight while nobody looked are finished first. */
  async #takeUpRotatedWhileAway(now: number, problems: Map<string, string>): Promise<void> {
    for (const position of [...this.#ledger.waiting]) {
      const entry = entryOf(position.path, this.#entries);
      if (entry === undefined) continue;
      const { device, inode } = position.identity;
      for (const file of await rotatedFiles(position.path, entry))
        if (file.inode === inode && file.device === device) await this.#takeUp(file, now, problems);
    }
  }

  #noteRotation({ path, found }: Follower, now: number): void {
    const since = this.#rotated.get(path)?.since ?? (this.#previousLook ?? now) - clockSlackMs;
    this.#rotated.set(path, { entry: found.entry, since, until: now + rotationMs });
  }

  /** Where a name has passed to other contents: files that had it in between, and copies made by copytruncate. */
  async #takeUpMissed(now: number, problems: Map<string, string>): Promise<void> {
    for (const [path, { entry, since, until }] of this.#rotated) {
      for (const file of await rotatedFiles(path, entry))
        if (!this.followers.has(keyOf(file)) && (file.bornAt ?? 0) >= since)
          await this.#takeUp(file, now, problems, { knownAs: path });
      if (now >= until && !this.#hasUndecided) this.#rotated.delete(path);
    }
  }

  /** Closes what does not grow, and parts with what nobody lists any more once it is finished. */
  async #letGo(now: number): Promise<void> {
    const open = [...this.followers.values()].filter((follower) => follower.isOpen).length;
    for (const follower of [...this.followers.values()]) {
      const quiet = now - follower.lastGrowthAt;
      if (follower.isListed) {
        if (follower.isOpen && follower.isAtEnd && (quiet >= idleMs || open > maxOpen))
          await follower.close();
        continue;
      }
      if (follower.isOpen) {
        const linger = follower.linkCount === 0 ? deletedLingerMs : lingerMs;
        if (!follower.isAtEnd || quiet < linger) continue;
      } else if (await this.#isFoundAgain(follower)) continue;
      await follower.close();
      this.followers.delete(follower.key);
      if (follower.headLength > 0) this.#ledger.put(follower.lastPosition(now));
    }
  }

  /** A file that was renamed while it was closed may have more to read under its new name. */
  async #isFoundAgain(follower: Follower): Promise<boolean> {
    const files = await rotatedFiles(follower.path, follower.found.entry);
    const renamed = files.find((file) => keyOf(file) === follower.key);
    if (renamed === undefined) return false;
    const isSame = follower.currentPath === renamed.path;
    follower.currentPath = renamed.path;
    return !isSame || !follower.isAtEnd;
  }

  /** Says each thing once, and when it is over. */
  #tell(problems: ReadonlyMap<string, string>): void {
    for (const [path, text] of problems) if (this.#told.get(path) !== text) this.#logger.warn(text);
    for (const path of this.#told.keys())
      if (!problems.has(path))
        this.#logger.info(`${path} can be followed now, or is not asked for any more.`);
    this.#told = problems;
  }
}

/** Where the look for files that were rotated away in between begins, in milliseconds since the epoch. */
interface Rotation {
  readonly entry: TailEntry;
  readonly since: number;
  readonly until: number;
}

function keyOf(file: FoundFile): string {
  return `${file.device}:${file.inode}`;
}
