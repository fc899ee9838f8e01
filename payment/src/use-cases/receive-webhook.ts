import { ProblemError, problem } from '@outerpark/chassis/errors';
import type { Store } from '@outerpark/chassis/postgres/store';
import { z } from 'zod';
import type { Delivery, PaymentProvider } from '../clients/provider';
import { makeDue, rememberWebhook } from '../persistence/webhooks';

interface Receives {
  store: Store;
  now: () => Date;
  /** Of the providers that send webhooks, by their name in the path. */
  verifiers: Map<string, PaymentProvider['verifyWebhook']>;
  wakeWorker: () => void;
}

const attemptId = z.uuid();

/**
 * A webhook is a hint: it makes the payment that it is about due, and the worker asks the provider as it always does. So one that
 * is late, repeated, out of order or about nothing changes nothing but the time. Throws `not-found` for a provider that
 * nobody knows, `invalid-signature`, and what the store throws, so that the provider sends it again.
 */
export const createReceiveWebhook =
  ({ store, now, verifiers, wakeWorker }: Receives) =>
  async (provider: string, delivery: Delivery): Promise<void> => {
    const verify = verifiers.get(provider);
    if (!verify) throw problem('not-found');
    const webhook = verify(delivery, now());
    if (!webhook) throw unsigned();

    await store.transact(async (tx) => {
      const isNew = await rememberWebhook(tx, provider, webhook.id, now());
      const about = attemptId.safeParse(webhook.about);
      if (isNew && about.success && (await makeDue(tx, about.data, now()))) tx.afterCommit(wakeWorker);
    });
  };

const unsigned = (): ProblemError =>
  new ProblemError('invalid-signature', undefined, { headers: { 'WWW-Authenticate': 'Webhook-Signature' } });
