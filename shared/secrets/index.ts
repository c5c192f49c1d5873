export { describeSecrets, type SecretState } from './describe-secrets.ts';
export { initSecrets, type SecretsOptions, type SecretsReport } from './init-secrets.ts';
export { type Consumer, consumers, layout, type SecretFile, secretFiles } from './layout.ts';
export { readSecret } from './read-secret.ts';
export { renewCertificates } from './renew-certificates.ts';
export { readSecretFile, writeSecretFile } from './secret-folder.ts';
