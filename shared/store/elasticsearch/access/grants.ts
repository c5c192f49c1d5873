import { z } from 'zod';

/**
 * A role as Elasticsearch answers it, of itself or within a key. Parts that we never give are kept as they are, so that nothing that
 * grants is overlooked.
 */
const Descriptor = z.looseObject({
  cluster: z.array(z.string()).default([]),
  indices: z
    .array(z.looseObject({ names: z.array(z.string()), privileges: z.array(z.string()) }))
    .default([]),
  applications: z
    .array(
      z.object({
        application: z.string(),
        privileges: z.array(z.string()),
        resources: z.array(z.string()),
      }),
    )
    .default([]),
});

/** Parts of a descriptor that grant nothing. */
const silent = new Set([
  'cluster',
  'indices',
  'applications',
  'metadata',
  'transient_metadata',
  'description',
]);

/** Everything that a role grants, one line a privilege and a name, in order, whatever way it was written down. */
export function grantsOf(descriptor: unknown): string[] {
  const role = Descriptor.parse(descriptor);
  const lines = [
    ...role.cluster.map((privilege) => `${privilege} of the cluster`),
    ...role.indices.flatMap(({ names, privileges, ...rest }) =>
      names.flatMap((name) => privileges.map((privilege) => `${privilege} on ${name}${limits(rest)}`)),
    ),
    ...role.applications.flatMap(({ application, privileges, resources }) =>
      resources.flatMap((resource) =>
        privileges.map((privilege) => `${privilege} of ${application} in ${resource}`),
      ),
    ),
    ...Object.entries(role)
      .filter(([part, value]) => !silent.has(part) && !isNothing(value))
      .map(([part, value]) => `${part} ${JSON.stringify(value)}`),
  ];
  return [...new Set(lines)].sort();
}

/** What else is said about indices: restricted ones, certain documents or fields alone. */
function limits(rest: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(rest).filter(([, value]) => !isNothing(value) && value !== false);
  return said.length === 0
    ? ''
    : ` (${said.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')})`;
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

/** What `is` grants beyond `should`, and what it lacks. */
export function differingGrants(is: unknown, should: unknown): { tooMuch: string[]; missing: string[] } {
  const [given, wanted] = [grantsOf(is), grantsOf(should)];
  return {
    tooMuch: given.filter((grant) => !wanted.includes(grant)),
    missing: wanted.filter((grant) => !given.includes(grant)),
  };
}

/** What is told of each side at most: a table of it is to be read. */
const mostNamed = 8;

/** The same in words, the first of each: `too much: all on *; missing: …`; undefined where nothing differs. */
export function differenceInWords(is: unknown, should: unknown): string | undefined {
  const { tooMuch, missing } = differingGrants(is, should);
  const parts = [
    ...(tooMuch.length > 0 ? [`too much: ${someOf(tooMuch)}`] : []),
    ...(missing.length > 0 ? [`missing: ${someOf(missing)}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function someOf(grants: readonly string[]): string {
  const more = grants.length - mostNamed;
  return more > 0 ? `${grants.slice(0, mostNamed).join(', ')} and ${more} more` : grants.join(', ');
}
