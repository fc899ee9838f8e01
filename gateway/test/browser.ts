import { fetch, type RequestInit, type Response } from 'undici';

/** What of a browser a sign-in needs: it keeps cookies for each address, and is sent on only where it is told to go. */
export interface Browser {
  /** By address and name. */
  cookies: Map<string, Map<string, string>>;
  /** What was set, with its attributes. */
  setCookies: string[];
  open(url: string, init?: RequestInit): Promise<Response>;
  /** Goes to the issuer, chooses the account, and answers with what the gateway says to the callback. */
  signIn(account: string, returnTo?: string): Promise<Response>;
  csrfToken(): Promise<string>;
  cookieHeader(): string;
}

export const PUBLIC_URL = 'http://127.0.0.1:8080';

/** A browser that finds at the public address the gateway that a test has started. */
export function newBrowser(gatewayUrl: string): Browser {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => jars.get(origin) ?? jars.set(origin, new Map()).get(origin)!;
  const setCookies: string[] = [];

  const open = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const at = new URL(url.replace(PUBLIC_URL, gatewayUrl), gatewayUrl);
    const jar = jarOf(at.origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const answer = await fetch(at, { redirect: 'manual', ...init, headers });
    for (const text of answer.headers.getSetCookie()) {
      setCookies.push(text);
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
      const past = /Expires=([^;]+)/i.exec(text)?.[1];
      if (past !== undefined && Date.parse(past) <= Date.now()) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return answer;
  };
  /** As far as the issuer's own redirects lead. */
  const followed = async (from: string, init?: RequestInit): Promise<{ answer: Response; url: string }> => {
    const answer = await open(from, init);
    const location = answer.headers.get('location');
    if (location === null) {
      const form = selfSubmitting(await answer.clone().text());
      return form ? followed(form.action, { method: 'POST', body: form.fields }) : { answer, url: from };
    }
    const url = new URL(location, from).href;
    return url.includes('/auth/callback') ? { answer, url } : followed(url);
  };

  return {
    cookies: jars,
    setCookies,
    open,
    signIn: async (account, returnTo) => {
      const query = returnTo === undefined ? '' : `?return=${encodeURIComponent(returnTo)}`;
      let { url } = await followed(`${gatewayUrl}/auth/login${query}`);
      // Unless the issuer knows already who it is.
      if (!url.includes('/auth/callback'))
        ({ url } = await followed(url, { method: 'POST', body: new URLSearchParams({ account }) }));
      return open(url);
    },
    csrfToken: async () => ((await (await open('/api/session')).json()) as { csrfToken: string }).csrfToken,
    cookieHeader: () => [...jarOf(gatewayUrl)].map(([name, value]) => `${name}=${value}`).join('; '),
  };
}

/** A page that sends its one form by itself, as the issuer does to end a session of somebody else. */
function selfSubmitting(page: string): { action: string; fields: URLSearchParams } | undefined {
  if (!page.includes('document.forms[0].submit()')) return undefined;
  const inputs = [...page.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name, value]) => [name!, value!] as [string, string],
  );
  return { action: /action="([^"]+)"/.exec(page)![1]!, fields: new URLSearchParams(inputs) };
}
