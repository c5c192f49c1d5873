import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..');

/** `512m`, as version 1 prints it, or bytes, as version 2 does. */
const Bytes = z.union([z.string(), z.number()]).transform((size) => {
  const [, digits = '', unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(String(size)) ?? [];
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
});

/** `name:/target:ro`, or the long form. */
const Mount = z.union([
  z.string().transform((text) => {
    const [source = '', target = '', mode = ''] = text.split(':');
    return { source, target, isReadOnly: mode.split(',').includes('ro') };
  }),
  z
    .looseObject({ source: z.string(), target: z.string(), read_only: z.boolean().default(false) })
    .transform(({ source, target, read_only }) => ({ source, target, isReadOnly: read_only })),
]);

const Port = z.union([
  z.string().transform((text) => text.split(':')[0]),
  z.looseObject({ host_ip: z.string().optional() }).transform(({ host_ip }) => host_ip),
]);

const Service = z.looseObject({
  image: z.string(),
  profiles: z.array(z.string()).optional(),
  user: z.string().optional(),
  restart: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  mem_limit: Bytes.optional(),
  pids_limit: z.number().optional(),
  logging: z.looseObject({ options: z.record(z.string(), z.string()) }).optional(),
  ports: z.array(Port).default([]),
  volumes: z.array(Mount).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string() })).default({}),
});
export type Service = z.infer<typeof Service>;

const File = z.looseObject({ services: z.record(z.string(), Service) });

/** What a compose command makes of the files. */
export interface Rendering {
  readonly files?: readonly string[];
  readonly profiles?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The services as `command config` prints them; throws what it complains of. */
export function servicesBy(command: readonly string[], rendering: Rendering = {}): Record<string, Service> {
  const { files = ['docker-compose.yml'], profiles = [], env = {} } = rendering;
  const [program = '', ...words] = command;
  const options = [
    ...files.flatMap((file) => ['-f', file]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    ...['--env-file', '.env.example'],
  ];
  const { status, stdout, stderr } = spawnSync(program, [...words, ...options, 'config'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(stderr);
  // Version 1 prints those of every profile.
  const services = Object.entries(File.parse(parse(stdout)).services);
  const asked = ({ profiles: of }: Service): boolean => of?.some((one) => profiles.includes(one)) ?? true;
  return Object.fromEntries(services.filter(([, service]) => asked(service)));
}
