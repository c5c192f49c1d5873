import type { Fault } from '#test/stand-ins/feishu/index.ts';

/**
 * What the contract of channels (`channels/contract.test.ts`) needs of a type to test it: the `contract.ts` of its folder exports
 * `farSide`, which starts a stand-in of what the channel calls.
 */
export interface ContractFarSide {
  /** The channel's settings besides `type`. Calls may take at most a second. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Other parts of the configuration that it needs. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What must never stand in an error. */
  readonly secrets: readonly string[];
  /** Settings and parts whose signature or key the far side refuses; absent where nothing is signed. */
  readonly wrong?: {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly config?: Readonly<Record<string, unknown>>;
  };
  /** What people see there, oldest first: everything that was accepted, as text. */
  seen(): readonly string[];
  /** Misbehaves on every call from now on. Absent where nothing can. */
  readonly misbehave?: (fault: ContractFault) => void;
  /** Closes the port and every connection; what was recorded stays. */
  down(): Promise<void>;
}

export type StartFarSide = () => Promise<ContractFarSide>;
export type ContractFault = 'hang' | 'reset' | 'status-500' | 'status-429';

const faults: Readonly<Record<ContractFault, Fault>> = {
  hang: { kind: 'hang' },
  reset: { kind: 'reset' },
  'status-500': { kind: 'status', status: 500 },
  'status-429': { kind: 'status', status: 429, resetSeconds: 2 },
};

/** How a stand-in with a script of faults misbehaves. */
export function misbehaving(script: { always(fault: Fault): void }): (fault: ContractFault) => void {
  return (fault) => script.always(faults[fault]);
}
