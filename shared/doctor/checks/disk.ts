import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Check } from '../check.ts';

const gigabyte = 1e9;

/** Whether the disk of the data folder has room. */
export const diskCheck: Check = {
  name: 'disk',
  part: 'machines',
  anchors: ['disk-full'],
  async ask({ config }) {
    const { path, free, total } = await roomAt(resolve(config.dataDir));
    const used = 1 - free / Math.max(1, total);
    const detail = `${path}: ${(free / gigabyte).toFixed(1)} of ${(total / gigabyte).toFixed(1)} GB free`;
    const name = 'disk of the data folder';
    const { warning, critical } = config.housekeeping.disk;
    const status = 100 * used >= critical ? 'bad' : 100 * used >= warning ? 'warning' : 'ok';
    if (status === 'ok') return [{ name, status, detail }];
    return [
      {
        ...{ name, status, detail, anchor: 'disk-full' },
        remedy: 'make room, or lower retention.logsDays and retention.embeddedGigabytes',
      },
    ];
  },
};

/** Of the folder, or of the first one above it that is there. */
async function roomAt(path: string): Promise<{ path: string; free: number; total: number }> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { path, free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    if (dirname(path) === path) throw error;
    return roomAt(dirname(path));
  }
}
