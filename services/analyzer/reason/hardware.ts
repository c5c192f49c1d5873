import { compareSeverity, type Incident } from '#shared/model/index.ts';

/** Rules of other packs that speak of failing hardware: processors, memory, disks, cards. */
export const hardwareRules: ReadonlySet<string> = new Set([
  'kernel.machine-check',
  'kernel.edac-uncorrected',
  'kernel.edac-growing',
  'kernel.overheating',
  'storage.io-error',
  'storage.medium-error',
  'storage.raid-degraded',
  'storage.raid-controller',
  'storage.smart-failing',
  'storage.smart-sectors',
  'storage.smart-nvme',
  'storage.smart-temperature',
  'storage.nvme-timeout',
  'storage.ata-error',
  'hpc.bgl-link',
  'hpc.bgl-power',
  'hpc.bgl-node-card',
  'hpc.bgl-memory',
  'hpc.bgl-card-supply',
  'hpc.bgl-fans',
  'hpc.infiniband',
]);

/** What the hardware reports that no application fails of. */
export const harmlessRules: ReadonlySet<string> = new Set([
  'hardware.intrusion',
  'hardware.access-violation',
  'hardware.event-log-full',
  'hardware.event-log-overflow',
  'hardware.event-log-disabled',
]);

/** Whether it is about hardware: from a BMC's log, of the pack `hardware`, or of a rule elsewhere that speaks of failing hardware. */
export function isHardware({ pack, type, rule }: Pick<Incident, 'pack' | 'type' | 'rule'>): boolean {
  return pack === 'hardware' || type === 'ipmi' || hardwareRules.has(rule);
}

/**
 * Whether it may be what applications on its hosts fail of: hardware, at least a warning, not of old lines, and nobody has it
 * muted, be it as no problem or as planned work.
 */
export function isHardwareFault(incident: Incident): boolean {
  return (
    isHardware(incident) &&
    !harmlessRules.has(incident.rule) &&
    compareSeverity(incident.severity, 'warning') >= 0 &&
    !incident.old &&
    incident.muted === undefined
  );
}
