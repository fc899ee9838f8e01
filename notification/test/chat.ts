import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatWebhook } from '@outerpark/contracts/http/notifications';

export interface Post {
  headers: IncomingHttpHeaders;
  /** As it was sent: the signature is over it. */
  raw: string;
  webhook: ChatWebhook;
}

export interface TestChat {
  url: string;
  /** Whatever came, taken or not. */
  posts: Post[];
  /** What the adapter answers; undefined: nothing, ever. */
  answer: () => { status: number; headers?: Record<string, string> } | undefined;
  stop(): Promise<void>;
}

/** A chat service's adapter: a real HTTP server that keeps what it gets. */
export async function startTestChat(): Promise<TestChat> {
  const posts: Post[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      posts.push({ headers: req.headers, raw, webhook: JSON.parse(raw) as ChatWebhook });
      const answer = chat.answer();
      if (answer) res.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const chat: TestChat = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`,
    posts,
    answer: () => ({ status: 204 }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return chat;
}
