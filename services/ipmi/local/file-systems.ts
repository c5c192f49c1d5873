import type { Systeminformation } from 'systeminformation';

export type FileSystem = Pick<Systeminformation.FsSizeData, 'fs' | 'type' | 'size' | 'use' | 'mount' | 'rw'>;

/** File systems in memory, of images, and over others: none that fills up by itself. */
const noFileSystem =
  /^(?:tmpfs|devtmpfs|ramfs|overlay|aufs|squashfs|erofs|iso9660|udf|efivarfs|cramfs|romfs|autofs)$/i;
const maxFileSystems = 64;

/**
 * The file systems of this machine's own disks, each once, by its shortest mount point: containers and bind mounts show one device at many.
 * Of a ZFS pool, whose data sets share their space, one.
 */
export function realFileSystems(found: readonly FileSystem[]): FileSystem[] {
  const byDevice = new Map<string, FileSystem>();
  for (const one of found) {
    const { fs, type, size, use, mount, rw } = one;
    const isZfs = type === 'zfs';
    if (!isZfs && (!fs.startsWith('/dev/') || fs.startsWith('/dev/loop'))) continue;
    // What cannot be written to does not fill up; many images are full by nature.
    if (noFileSystem.test(type) || rw === false || !(size > 0) || !Number.isFinite(use)) continue;
    const device = isZfs ? (fs.split('/', 1)[0] ?? fs) : fs;
    const known = byDevice.get(device);
    if (known === undefined || mount.length < known.mount.length) byDevice.set(device, one);
  }
  return [...byDevice.values()].slice(0, maxFileSystems);
}
