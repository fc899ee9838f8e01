import { followMyPage } from './follow';
import type { News } from './live';

// The browser is not ours: what stands for it here says and does what a browser would.
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Source[] = [];
  readyState = 1;
  onerror: () => void = () => undefined;

  constructor(readonly url: string) {
    super();
    Source.opened.push(this);
  }
  close() {
    this.readyState = Source.CLOSED;
  }
  say(type: string, data: object) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  /** The connection broke: the browser tries again by itself, unless the answer was a refusal. */
  fail({ refused }: { refused: boolean }) {
    this.readyState = refused ? Source.CLOSED : 0;
    this.onerror();
  }
}

const page = { items: [], next: null };
let answers: () => Response;
let asked: string[];
let news: News[];
let failures: unknown[];
let stop: () => void;
const screen = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const last = () => Source.opened[Source.opened.length - 1]!;

beforeEach(() => {
  jest.useFakeTimers();
  Source.opened = [];
  [asked, news, failures] = [[], [], []];
  screen.visibilityState = 'visible';
  answers = () => Response.json(page, { headers: { 'x-as-of': 't-polled' } });
  Object.assign(globalThis, {
    EventSource: Source,
    document: screen,
    window: new EventTarget(),
    fetch: (path: string) => {
      asked.push(path);
      return Promise.resolve(answers());
    },
  });
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });
  stop = followMyPage(
    (told) => news.push(told),
    (error) => failures.push(error),
  );
});
afterEach(() => {
  stop();
  jest.useRealTimers();
});

describe('following My page', () => {
  it('tells what the stream says, and asks for nothing beside it', async () => {
    last().say('snapshot', { ...page, asOf: 't1' });
    last().say('reservation', { item: { id: 'a' }, asOf: 't2' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(news).toEqual([
      { type: 'snapshot', page: { ...page, asOf: 't1' }, by: 'live' },
      { type: 'changed', item: { id: 'a' }, asOf: 't2' },
    ]);
    expect(asked).toEqual([]);
  });

  it('polls while the stream is away, and no longer than that', async () => {
    last().fail({ refused: false });
    await jest.advanceTimersByTimeAsync(3_900);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(5_200);
    expect(asked).toEqual(['/api/mypage', '/api/mypage']);
    expect(news[news.length - 1]).toMatchObject({ type: 'snapshot', by: 'polling', page: { asOf: 't-polled' } });
    last().say('snapshot', { ...page, asOf: 't3' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(2);
    expect(Source.opened).toHaveLength(1);
  });

  it('opens a refused stream again after a while', async () => {
    last().fail({ refused: true });
    await jest.advanceTimersByTimeAsync(14_900);
    expect(Source.opened).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(200);
    expect(Source.opened).toHaveLength(2);
  });

  it('says at once that the device is offline, and begins anew when it is back', () => {
    Object.assign(navigator, { onLine: false });
    window.dispatchEvent(new Event('offline'));
    expect(news).toEqual([{ type: 'lost', reachable: false }]);
    window.dispatchEvent(new Event('online'));
    expect(Source.opened).toHaveLength(2);
  });

  it('has nothing open while the page is hidden, and begins anew when it is seen', async () => {
    const first = last();
    screen.visibilityState = 'hidden';
    screen.dispatchEvent(new Event('visibilitychange'));
    expect(first.readyState).toBe(Source.CLOSED);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([asked.length, Source.opened.length]).toEqual([0, 1]);
    screen.visibilityState = 'visible';
    screen.dispatchEvent(new Event('visibilitychange'));
    expect(Source.opened).toHaveLength(2);
  });

  it('stops asking when the sign-in has ended', async () => {
    const type = 'urn:outerpark:problem:unauthenticated';
    answers = () => Response.json({ type, title: '', status: 401 }, { status: 401 });
    last().fail({ refused: true });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(failures).toHaveLength(1);
    expect(Source.opened).toHaveLength(1);
  });
});
