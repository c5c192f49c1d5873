/** `npm run audit:licences`: exit 1 where a package in production has a licence that `accepted.yaml` does not have. */
import { readAccepted } from './accepted.ts';
import { isLicenceAccepted } from './judge.ts';
import { productionPackages } from './packages.ts';

const accepted = readAccepted();
const packages = productionPackages();
const refused = packages.filter(({ licence }) => !isLicenceAccepted(licence, accepted));
const counts = Map.groupBy(packages, ({ licence }) => licence ?? 'none');
for (const [licence, some] of [...counts].sort((a, b) => b[1].length - a[1].length))
  console.log(`${String(some.length).padStart(5)}  ${licence}`);
for (const { name, version, licence } of refused)
  console.error(`licence not accepted: ${name} ${version}: ${licence ?? 'says nothing of a licence'}`);
console.log(
  `licences of ${packages.length} packages: ${refused.length === 0 ? 'all accepted' : 'NOT ACCEPTED'}`,
);
process.exitCode = refused.length === 0 ? 0 : 1;
