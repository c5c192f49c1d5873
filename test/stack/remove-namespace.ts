/** Deletes everything that a test has made on the real Elasticsearch: what bears its namespace as the last part of its name. */
export async function removeNamespace(url: string, namespace: string): Promise<void> {
  const call = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, url), { method });
    return response.ok ? response.json() : {};
  };
  const names = (found: unknown): string[] =>
    Object.keys(found ?? {}).filter((name) => name.endsWith(`-${namespace}`));
  // Templates cannot go before what was made from them, nor parts before the templates made of them.
  await call('DELETE', `/_data_stream/*-${namespace}?expand_wildcards=all`);
  for (const index of names(await call('GET', `/*-${namespace}?expand_wildcards=all`)))
    await call('DELETE', `/${index}`);
  await call('DELETE', `/_index_template/*-${namespace}`);
  await call('DELETE', `/_component_template/*-${namespace}`);
  await call('DELETE', `/_ingest/pipeline/*-${namespace}`);
  for (const policy of names(await call('GET', '/_ilm/policy')))
    await call('DELETE', `/_ilm/policy/${policy}`);
}
