/**
 * What oidc-provider needs to find when it is imported. It warns on the console that memory, defaults and Node 20 are not for
 * production: nor is this issuer. And it uses URL.parse, which not every Node 20 has.
 */
for (const method of ['info', 'warn'] as const) {
  const write = console[method];
  console[method] = (...parts: unknown[]) => {
    if (!String(parts[0]).includes('oidc-provider ')) write(...parts);
  };
}

const parse = (url: string, base?: string): URL | null => {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
};
(URL as { parse?: typeof parse }).parse ??= parse;

export {};
