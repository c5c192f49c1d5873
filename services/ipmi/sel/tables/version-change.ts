import { type EventState, info } from './state.ts';

/** What changed, by event data 2: IPMI 2.0 (revision 1.1), table 42-3, sensor type 0x2B, in the words of ipmitool. */
const changes: readonly string[] = [
  '',
  'Mngmt Ctrl Dev Id',
  'Mngmt Ctrl Firm Rev',
  'Mngmt Ctrl Dev Rev',
  'Mngmt Ctrl Manuf Id',
  'Mngmt Ctrl IPMI Vers',
  'Mngmt Ctrl Aux Firm Id',
  'Mngmt Ctrl Firm Boot Block',
  'Mngmt Ctrl Other',
  'BIOS/EFI change',
  'SMBIOS change',
  'O/S change',
  'O/S loader change',
  'Service Diag change',
  'Mngmt SW agent change',
  'Mngmt SW App change',
  'Mngmt SW Middle',
  'Prog HW Change (FPGA)',
  'board/FRU module change',
  'board/FRU component change',
  'board/FRU replace equ ver',
  'board/FRU replace new ver',
  'board/FRU replace old ver',
  'board/FRU HW conf change',
];

/** What a change is called with the part that changed. */
export function changedBy(words: string): ReadonlyMap<number, EventState> {
  return new Map(
    changes.map((change, code) => [code, info(change === '' ? words : `${words}, ${change}`)] as const),
  );
}
