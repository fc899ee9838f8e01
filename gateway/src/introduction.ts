/** What callers need to know of all calls, as Markdown: it stands before them in the document. */
export const introduction = `Ticket reservation for musicals that never oversells a seat and never charges twice.

## Sign in
Programs send an access token of the OpenID Connect issuer as \`Authorization: Bearer TOKEN\`; in development \`npm run --silent token -- alice\` prints one (also \`bob\` and \`admin\`).

Browsers [sign in](/auth/login?return=/api/docs) at the issuer and have a session: a cookie that no script can read. With it, every call that changes something carries the \`csrfToken\` of \`GET /api/session\` as \`X-CSRF-Token\`; the page \`/api/docs\` does so by itself. Where both are sent, the bearer token counts.

## Repeat a write
A write that takes an \`Idempotency-Key\` (1 to 255 visible ASCII characters of your choice, such as a UUID) happens once, however often it is sent within 24 hours: the answer is stored and given again, with \`Idempotent-Replayed: true\`. While the first is still in flight the answer is 409, with another body it is 422. After a time-out or a 5xx send the same request with the same key.

## Problems
Every error is a problem (RFC 9457, \`application/problem+json\`). Decide by its \`type\`, \`urn:outerpark:problem:NAME\`: each call lists those that it may have. The \`title\` is for people and may change. \`correlationId\`, also in the header \`X-Correlation-Id\` of every answer, names the request in our logs. \`Retry-After\` says after how many seconds to try again.

## Lists
A list is \`{items, next}\`. \`next\` is the \`cursor\` of the following page and \`null\` on the last; it is opaque. \`limit\` is 50 unless you say otherwise, and at most 200.

## Streams
A stream is \`text/event-stream\`, as browsers read it by \`EventSource\`. Each call lists its events with the schema of their data (\`x-events\`). The first one is the state as it is then, so nothing has to be remembered: when a stream ends, connect again.

## Values
Amounts are Korean won as integers. Times are UTC in ISO 8601. Ids are UUIDs.

## Changes
Answers may get more fields: ignore what you do not know. Whatever would break a caller is noticed before it is released.`;
