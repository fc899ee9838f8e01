import { createHmac, timingSafeEqual } from 'node:crypto';
import { chatWebhook, type ChatWebhook } from '@outerpark/contracts/http/notifications';
import express, { type RequestHandler, type Router } from 'express';
import { chatPage } from './pages';

const MOST = 1000;
const TOLERANCE_SECONDS = 300;

export type ChatMessage = ChatWebhook['data'] & { webhookId: string; time: string };

/**
 * Stands in for the adapter of a chat service: takes what notification posts, if it is signed by this secret, each once, and shows
 * it. In memory, only the newest thousand. Without a secret it takes nothing.
 */
export function chatRoutes(secret: string | undefined): Router {
  let messages: ChatMessage[] = [];
  const receive: RequestHandler = (req, res) => {
    const body = req.body instanceof Buffer ? req.body.toString() : '';
    const webhookId = secret && verifiedId(secret, req.headers, body);
    if (!webhookId) return void res.status(401).end();
    const { data } = chatWebhook.parse(JSON.parse(body));
    if (!messages.some((message) => message.webhookId === webhookId))
      messages = [...messages, { ...data, webhookId, time: new Date().toISOString() }].slice(-MOST);
    res.status(204).end();
  };

  const router = express.Router();
  router.post('/chat', express.raw({ type: 'application/json', limit: '100kb' }), receive);
  router.get('/chat', (_req, res) => void res.send(chatPage(messages)));
  // The list for programs: oldest first, all or those of `?customer=alice`.
  router.get('/chats', (req, res) => {
    const { customer } = req.query;
    res.json(messages.filter(({ customerId }) => customer === undefined || customerId === customer));
  });
  return router;
}

/** By the scheme Standard Webhooks, as docs/notifications.md has it. */
function verifiedId(secret: string, headers: Record<string, unknown>, body: string): string | undefined {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    String(headers[`webhook-${name}`]),
  );
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return undefined;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  const given = signatures!.split(' ').map((signature) => Buffer.from(signature));
  return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected)) ? id : undefined;
}
