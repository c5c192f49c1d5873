const prefix = 'preference/';

/** Keys of preferences on the topic that they share with controls: no control's id has a stroke. */
export const preferenceKey = {
  of: (who: string): string => prefix + who,
  /** Whose preference is under this key; `undefined` where it is a control's. */
  whoOf: (key: string): string | undefined => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined),
};
