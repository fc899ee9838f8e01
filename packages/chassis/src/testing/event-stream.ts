/** One server-sent event as a client got it. */
export interface SeenEvent<Data = unknown> {
  event: string;
  data: Data;
  /** When it came, in milliseconds since 1970. */
  at: number;
}

export interface SeenStream {
  status: number;
  headers: Headers;
  /** All that came so far. */
  events: SeenEvent[];
  /** How many comments came so far. */
  beats(): number;
  /** Resolves at a proper end, rejects when it was broken off. */
  ended: Promise<void>;
  leave(): void;
}

/** Opens a stream of server-sent events and reads it. An answer that is no stream has no events and ends at once. */
export async function openStream(url: string, token: string): Promise<SeenStream> {
  const leaving = new AbortController();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: leaving.signal });
  const events: SeenEvent[] = [];
  let beats = 0;

  const take = (block: string): void => {
    const lines = block.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    if (data !== undefined) events.push({ event: field('event') ?? 'message', data: JSON.parse(data), at: Date.now() });
    else if (lines.some((line) => line.startsWith(':'))) beats++;
  };
  const read = async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop()!;
      blocks.forEach(take);
    }
  };
  const isStream = answer.headers.get('content-type') === 'text/event-stream';
  const ended = isStream ? read() : Promise.resolve();
  ended.catch(() => undefined);
  return {
    status: answer.status,
    headers: answer.headers,
    events,
    beats: () => beats,
    ended,
    leave: () => leaving.abort(),
  };
}
