import { currentTracer } from '../context';
import { inSpan, type SpanStart } from './tracer';

/**
 * One HTTP request to somebody else, as a span; 4xx and 5xx mark it. Of the URL neither the query nor what stands before the host
 * is told. The work sends on the `traceparent` of its current context.
 */
export const inHttpCall = <Answer>(
  method: string,
  url: string,
  statusOf: (answer: Answer) => number,
  work: () => Promise<Answer>,
): Promise<Answer> =>
  // Without a tracer the URL need not be read for each call.
  currentTracer() === undefined
    ? inSpan({ name: method, kind: 'client' }, work)
    : inSpan(told(method, url), async (span) => {
        const answer = await work();
        const status = statusOf(answer);
        span.set({ 'http.response.status_code': status });
        if (status >= 400) span.fail(String(status));
        return answer;
      });

function told(method: string, url: string): SpanStart {
  const { origin, pathname, hostname, port, protocol } = new URL(url);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    'url.full': origin + pathname,
  };
  return { name: method, kind: 'client', attributes };
}
