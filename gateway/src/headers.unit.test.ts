import { requestHeaders, responseHeaders } from './headers';

const caller = { address: '10.0.0.9', protocol: 'http', host: 'tickets.example' };
const context = { correlationId: 'c-1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

test('a service gets what was meant for it, and from us who called', () => {
  const sent = requestHeaders(
    {
      host: 'tickets.example',
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'content-length': '2',
      'idempotency-key': 'k',
      'x-correlation-id': 'theirs',
      traceparent: 'theirs',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-port': '1',
      connection: 'keep-alive, X-Mine',
      'x-mine': 'hop',
      'transfer-encoding': 'chunked',
      upgrade: 'websocket',
      expect: '100-continue',
    },
    caller,
    context,
  );
  expect(sent).toEqual({
    authorization: 'Bearer t',
    'content-type': 'application/json',
    'content-length': '2',
    'idempotency-key': 'k',
    'x-forwarded-for': '10.0.0.9',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'tickets.example',
    'x-correlation-id': 'c-1',
    traceparent: context.traceparent,
  });
});

test('a client gets the answer without what concerned our connection to the service', () => {
  const received = {
    'content-type': 'application/json',
    'retry-after': '3',
    'set-cookie': ['a', 'b'],
    connection: 'keep-alive',
    'keep-alive': 'timeout=65',
    'transfer-encoding': 'chunked',
    'x-correlation-id': 'c-1',
  };
  expect(responseHeaders(received)).toEqual({
    'content-type': 'application/json',
    'retry-after': '3',
    'set-cookie': ['a', 'b'],
  });
});
