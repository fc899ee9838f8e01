import { ProblemError, problem } from '@outerpark/chassis/errors';
import { restAfter } from '@outerpark/chassis/loop';
import type { Store } from '@outerpark/chassis/postgres/store';
import { together } from '@outerpark/chassis/together';
import { z } from 'zod';
import type { Delivery, PaymentProvider } from '../clients/provider';
import { makeDue, rememberWebhooks, type Webhook } from '../persistence/webhooks';

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
 * nobody knows, `invalid-signature`, and what the store throws, so that the provider sends it again. Those that come at the same time
 * are taken in one transaction: most of them tell what the answer to the charge is just telling.
 */
export function createReceiveWebhook({
  store,
  now,
  verifiers,
  wakeWorker,
}: Receives): (provider: string, delivery: Delivery) => Promise<void> {
  const take = together<Webhook, void>(
    () => 'webhooks',
    (webhooks) =>
      store.transact(async (tx) => {
        const fresh = await rememberWebhooks(tx, webhooks, now());
        const about = fresh.flatMap((webhook) => webhook.about ?? []);
        if (about.length > 0 && (await makeDue(tx, about, now()))) tx.afterCommit(wakeWorker);
        return webhooks.map(() => undefined);
      }),
    { roundsAtOnce: 2, restMs: restAfter },
  );

  return async (provider, delivery) => {
    const verify = verifiers.get(provider);
    if (!verify) throw problem('not-found');
    const webhook = verify(delivery, now());
    if (!webhook) throw unsigned();

    const about = attemptId.safeParse(webhook.about);
    await take({ provider, id: webhook.id, about: about.success ? about.data : undefined });
  };
}

const unsigned = (): ProblemError =>
  new ProblemError('invalid-signature', undefined, { headers: { 'WWW-Authenticate': 'Webhook-Signature' } });
