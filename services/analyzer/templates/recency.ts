import type { Group } from './group.ts';

/** Groups in the order of their last use, as a list linked through them: a use costs no allocation. */
export interface Recency {
  add(group: Group): void;
  remove(group: Group): void;
  /** Makes it the newest. */
  touch(group: Group): void;
  oldest(): Group | undefined;
  /** The oldest first. */
  all(): Group[];
  readonly count: number;
}

export function createRecency(): Recency {
  let oldest: Group | undefined;
  let newest: Group | undefined;
  let count = 0;
  let uses = 0;

  function add(group: Group): void {
    group.older = newest;
    if (newest === undefined) oldest = group;
    else newest.newer = group;
    newest = group;
    group.lastUse = ++uses;
    count++;
  }

  function remove(group: Group): void {
    if (group.older === undefined) oldest = group.newer;
    else group.older.newer = group.newer;
    if (group.newer === undefined) newest = group.older;
    else group.newer.older = group.older;
    group.older = undefined;
    group.newer = undefined;
    count--;
  }

  return {
    add,
    remove,
    touch(group) {
      if (group === newest) return;
      remove(group);
      add(group);
    },
    oldest: () => oldest,
    all() {
      const groups: Group[] = [];
      for (let group = oldest; group !== undefined; group = group.newer) groups.push(group);
      return groups;
    },
    get count() {
      return count;
    },
  };
}
