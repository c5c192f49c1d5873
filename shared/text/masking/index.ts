export { type MaskedKind, type PersonalKind, personalKinds } from './kinds.ts';
export { createMask, createMasker, type Masker, type MaskOptions } from './masker.ts';
