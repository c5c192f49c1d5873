import { feedbackControl } from '#shared/controls/index.ts';
import type { Actor, ControlDraft, Finding, PersonAction } from '#shared/model/index.ts';

const hour = 60 * 60 * 1000;

/**
 * The control that carries out an action: a silence of this opening of the incident, or of this failure of this service for some hours, or
 * feedback; `undefined` where it takes none.
 *
 * @param at milliseconds since the epoch
 */
export function controlFor(
  action: PersonAction,
  finding: Finding,
  { by, note, at }: { readonly by: Actor; readonly note: string | undefined; readonly at: number },
): ControlDraft | undefined {
  const { id, fingerprint, service, openings } = finding;
  const silence = {
    kind: 'silence',
    by: by.name,
    findingId: id,
    ...(note !== undefined && { note }),
  } as const;
  const failure = { fingerprint, service };
  const after = (hours: number): string => new Date(at + hours * hour).toISOString();
  switch (action) {
    case 'silence-1h':
      return { ...silence, scope: failure, until: after(1) };
    case 'silence-8h':
      return { ...silence, scope: failure, until: after(8) };
    case 'silence-until-resolved':
      return { ...silence, scope: { incident: id }, opening: openings };
    case 'not-a-problem': {
      const draft = { findingId: id, scope: 'fingerprint', everywhere: false, dryRun: false } as const;
      const feedback = feedbackControl(finding, {
        ...draft,
        by: by.name,
        ...(note !== undefined && { note }),
      });
      return feedback.kind === 'refused' ? undefined : feedback;
    }
    case 'acknowledge':
    case 'resolve':
    case 'hand-over':
      return undefined;
  }
}
