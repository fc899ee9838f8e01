import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import type { Page } from '@outerpark/contracts/http/paging';
import { callForAnswer } from '../../api/call';
import { failureIn } from '../../api/failure';
import type { FirstPage, News } from './live';

/** After so long without the stream the page asks by itself, and goes on asking so often; milliseconds. */
const PATIENCE_MS = 4000;
const POLL_MS = 5000;
/** The browser gives a stream up that was refused: so long until it is tried again. */
const REOPEN_MS = 15_000;

/**
 * Follows `/api/mypage/stream` and, while that cannot be had, reads `/api/mypage` every few seconds. Nothing is open while the page
 * is hidden: a browser has few connections for all its tabs, and every connect begins with the present state anyway. Gives back how to stop.
 */
export const followMyPage = (tell: (news: News) => void, failed: (error: unknown) => void): (() => void) => {
  let source: EventSource | null = null;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const pause = () => {
    source?.close();
    source = null;
    timers.forEach(clearTimeout);
    timers.clear();
  };
  let polling = false;
  const lost = () => {
    tell({ type: 'lost', reachable: navigator.onLine });
    if (polling) return;
    polling = true;
    later(PATIENCE_MS, () => void poll());
  };
  const poll = async () => {
    if (!polling) return;
    const current = source;
    try {
      const page = await readFirstPage();
      if (polling && current === source) tell({ type: 'snapshot', page, by: 'polling' });
    } catch (error) {
      if (current !== source) return;
      failed(error);
      const { status } = failureIn(error);
      if (status === 401 || status === 403) return pause();
      tell({ type: 'lost', reachable: status !== 0 });
    }
    if (polling) later(POLL_MS, () => void poll());
  };
  const open = () => {
    const stream = new EventSource('/api/mypage/stream');
    source = stream;
    stream.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      polling = false;
      tell({ type: 'snapshot', page: JSON.parse(data) as FirstPage, by: 'live' });
    });
    stream.addEventListener('reservation', ({ data }: MessageEvent<string>) =>
      tell({ type: 'changed', ...(JSON.parse(data) as { item: MyPageItem; asOf: string | null }) }),
    );
    stream.onerror = () => {
      lost();
      if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
      later(REOPEN_MS, open);
    };
  };
  const look = () => {
    pause();
    polling = false;
    if (document.visibilityState === 'visible') open();
  };
  document.addEventListener('visibilitychange', look);
  window.addEventListener('online', look);
  // An open stream may take minutes to notice it.
  const offline = () => source && lost();
  window.addEventListener('offline', offline);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('online', look);
    window.removeEventListener('offline', offline);
    pause();
    polling = false;
  };
};

const readFirstPage = async (): Promise<FirstPage> => {
  const { body, headers } = await callForAnswer<Page<MyPageItem>>('/api/mypage');
  return { ...body, asOf: headers.get('x-as-of') };
};
