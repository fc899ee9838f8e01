import type { Edge } from '@outerpark/chassis/edges';
import type { Broker } from '@outerpark/chassis/messaging/broker';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { Mailer } from '@outerpark/notification/clients/mailer';
import type { PaymentProvider } from '@outerpark/payment/clients/provider';
import type { MusicalClient } from '@outerpark/reservation/clients/musical-client';
import type { Pass } from './points';

export const brokerEdge =
  (pass: Pass): Edge<Broker> =>
  (broker) => ({
    ...broker,
    publish: async (messages) => {
      pass('before send');
      await broker.publish(messages);
      pass('before mark');
    },
  });

/** Only the inbox moves an offset: whatever transaction does it has events' effects in it. */
const MOVES_OFFSET = /UPDATE consumer_offset SET\s+next_offset/;

export const storeEdge =
  <S extends Store>(pass: Pass): Edge<S> =>
  (store) => ({
    ...store,
    transact: (work) =>
      store.transact(async (tx) => {
        let folds = false;
        const value = await work({
          ...tx,
          query: (sql, params) => {
            folds ||= MOVES_OFFSET.test(sql);
            return tx.query(sql, params);
          },
        });
        if (folds) pass('within a fold');
        return value;
      }),
  });

export const musicalEdge =
  (pass: Pass): Edge<MusicalClient> =>
  (musical) => ({
    ...musical,
    hold: async (request, token, waitedMs) => {
      pass('before hold');
      const result = await musical.hold(request, token, waitedMs);
      if (result.kind === 'held') pass('before reservation');
      return result;
    },
  });

export const providerEdge =
  (pass: Pass): Edge<PaymentProvider> =>
  (provider) => ({
    ...provider,
    charge: async (request) => {
      pass('before charge');
      const outcome = await provider.charge(request);
      if (outcome.is === 'approved') pass('before record');
      return outcome;
    },
  });

export const mailerEdge =
  (pass: Pass): Edge<Mailer> =>
  (mailer) => ({
    ...mailer,
    send: async (...mail) => {
      const outcome = await mailer.send(...mail);
      if (outcome.kind === 'sent') pass('after mail');
      return outcome;
    },
  });
