/** Kinds of values that say who somebody is. They may be shown to those who are allowed to see them; secrets never are. */
export const personalKinds = ['email', 'phone', 'id', 'card'] as const;
export type PersonalKind = (typeof personalKinds)[number];

export type MaskedKind = PersonalKind | 'secret';

/** A value in a text that is to be masked. */
export interface Sensitive {
  readonly kind: MaskedKind;
  /** UTF-16 offsets of the first unit, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /** The value in one form, however it is written: the same value has the same placeholder. */
  readonly value: string;
}
