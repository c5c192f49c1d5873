import { hash } from 'node:crypto';
import type { Change } from '#shared/bus/port.ts';
import type { Runbook } from '#shared/runbooks/port.ts';

/** One section as it is kept: a document or a row of its own, so that people find the place and not only the runbook. */
export interface StoredSection {
  /** Of the runbook's name and the section's position in it. */
  readonly id: string;
  /** Of everything else in it: what differs is written again. */
  readonly hash: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** What has to be done so that exactly these sections are there. */
export interface SectionChanges {
  readonly written: readonly StoredSection[];
  /** Ids. */
  readonly removed: readonly string[];
  readonly change: Change;
}

/** The sections of runbooks, as they are kept. */
export function storedSections(runbooks: readonly Runbook[]): StoredSection[] {
  return runbooks.flatMap(({ sections, path: _ofThisMachine, ...runbook }) =>
    sections.map(({ heading, text, line }, position) => {
      const { name, title, services, rules, tags, severity, owner, updated } = runbook;
      const document = {
        name,
        title,
        section: heading,
        position,
        line,
        text,
        services,
        rules,
        tags,
        severity,
        owner,
        updated,
      };
      return {
        id: hash('sha256', `${name}\n${position}`, 'base64url'),
        hash: hash('sha256', JSON.stringify(document), 'base64url'),
        document,
      };
    }),
  );
}

/** @param present the hash of each section that is there, by id; undefined where there is no place for them yet */
export function sectionChanges(
  what: string,
  sections: readonly StoredSection[],
  present: ReadonlyMap<string, string> | undefined,
): SectionChanges {
  const there = present ?? new Map<string, string>();
  const written = sections.filter(({ id, hash }) => there.get(id) !== hash);
  const ids = new Set(sections.map(({ id }) => id));
  const removed = [...there.keys()].filter((id) => !ids.has(id));
  const created = written.filter(({ id }) => !there.has(id)).length;
  const counts = [
    [created, 'new'],
    [written.length - created, 'changed'],
    [removed.length, 'removed'],
  ] as const;
  const detail = `${sections.length} ${sections.length === 1 ? 'section' : 'sections'}: ${counts
    .filter(([count]) => count > 0)
    .map(([count, how]) => `${count} ${how}`)
    .join(', ')}`;
  if (written.length + removed.length === 0) return { written, removed, change: { what, action: 'none' } };
  return { written, removed, change: { what, action: there.size === 0 ? 'create' : 'update', detail } };
}
