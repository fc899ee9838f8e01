import type { AuditedSystem, Stored } from '@outerpark/audit/system';
import type { Mended, TopicMessage } from '@outerpark/chassis/messaging/adopt';
import type { Tx } from '@outerpark/chassis/postgres/store';
import type { DatabaseOptions } from '@outerpark/chassis/postgres/database';
import { CONTACTS_TOPIC, type Topic } from '@outerpark/contracts/topics';
import { migrations as musicalMigrations } from '@outerpark/musical/persistence/migrations';
import { reconcile as reconcileMusical } from '@outerpark/musical/reconcile';
import { migrations as notificationMigrations } from '@outerpark/notification/persistence/migrations';
import { reconcile as reconcileNotification } from '@outerpark/notification/reconcile';
import { readLedger } from '@outerpark/payment/clients/simulator-ledger';
import { migrations as paymentMigrations } from '@outerpark/payment/persistence/migrations';
import { reconcile as reconcilePayment } from '@outerpark/payment/reconcile';
import { migrations as reservationMigrations } from '@outerpark/reservation/persistence/migrations';
import { reconcile as reconcileReservation } from '@outerpark/reservation/reconcile';

/** How one service's store is reconciled; the rule itself is the service's own. */
export interface ReconciledStore {
  migrations: DatabaseOptions['migrations'];
  /** What it reads, its own topics among it. */
  topics: Topic[];
  /** Asks whom it has to ask, before the transaction, and gives what is done in it. */
  prepare(system: AuditedSystem): Promise<(tx: Tx, messages: TopicMessage[]) => Promise<Mended>>;
}

export const stores: Record<Stored, ReconciledStore> = {
  musical: {
    migrations: musicalMigrations,
    topics: ['musical.events', 'reservation.events'],
    prepare: () => Promise.resolve(reconcileMusical),
  },
  reservation: {
    migrations: reservationMigrations,
    topics: ['reservation.events', CONTACTS_TOPIC],
    prepare: () => Promise.resolve(reconcileReservation),
  },
  payment: {
    migrations: paymentMigrations,
    topics: ['payment.events', 'reservation.events'],
    prepare: async ({ providerUrl }) => {
      const ledger = await readLedger(providerUrl);
      return (tx, messages) => reconcilePayment(tx, messages, ledger, new Date());
    },
  },
  notification: {
    migrations: notificationMigrations,
    topics: ['notification.events'],
    prepare: () => Promise.resolve(reconcileNotification),
  },
};
