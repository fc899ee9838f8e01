/** Calls the API once, with a limit. Throws on another status than the expected one, with what was answered. */
export async function expecting<T>(
  status: number,
  gateway: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(gateway + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${method} ${path} was answered by ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}
