import { vi } from 'vitest';
import type { StartFarSide } from '../../testing/channel-contract.ts';

export const farSide: StartFarSide = async () => {
  const seen: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    seen.push(String(text));
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  });
  return { settings: {}, secrets: [], seen: () => seen, down: async () => write.mockRestore() };
};
