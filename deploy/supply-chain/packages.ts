import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A package that is there when logpatrol runs, and not only while it is made. */
export interface ProductionPackage {
  readonly name: string;
  readonly version: string;
  /** As the package itself says, in SPDX's words; `undefined` where it says nothing of it. */
  readonly licence: string | undefined;
  /** Its licence and notice files; `undefined` of another platform's package, which is not installed here. */
  readonly files: readonly string[] | undefined;
}

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      license: z.string().optional(),
    }),
  ),
});
/** `licenses` is what packages of before 2015 have. */
const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const legal = /^(?:licen[cs]e|copying|notice|copyright)/i;

/** All of them, as `package-lock.json` names them, by name; what is installed is read from `node_modules`. */
export function productionPackages(): ProductionPackage[] {
  const lock = Lock.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path, locked]): ProductionPackage => {
      const folder = join(root, path);
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      if (!existsSync(join(folder, 'package.json')))
        return { name, version: locked.version ?? '', licence: locked.license, files: undefined };
      const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      const { version, license, licenses } = manifest;
      const licence =
        (typeof license === 'object' ? license.type : license) ??
        licenses?.map(({ type }) => type).join(' OR ');
      const files = readdirSync(folder).filter((file) => legal.test(file));
      return { name: manifest.name, version, licence, files: files.sort().map((file) => join(folder, file)) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}
