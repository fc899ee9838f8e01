import type { Identity } from '@outerpark/chassis/http/auth';
import type { Store } from '@outerpark/chassis/postgres/store';
import type { CustomerPreferences, NotificationPreferences } from '@outerpark/contracts/http/notifications';
import { preferencesOf, type OutsideChannel } from '../domain/channels';
import { findPreferences, savePreferences } from '../persistence/preferences';

type Who = Pick<Identity, 'customerId' | 'locale'>;

export interface Preferences {
  /** What the customer has chosen, else what is done for one who has not: e-mail, in the language of the contact. */
  find(who: Who): Promise<CustomerPreferences>;
  choose(who: Who, wanted: NotificationPreferences): Promise<CustomerPreferences>;
}

export const createPreferences = (store: Store, available: OutsideChannel[]): Preferences => ({
  find: async ({ customerId, locale }) => {
    const { chosen, contactLanguage } = await findPreferences(store, customerId);
    return { ...preferencesOf(chosen, contactLanguage ?? locale), available };
  },
  choose: async ({ customerId }, wanted) => {
    await store.transact((tx) => savePreferences(tx, customerId, wanted));
    return { ...wanted, available };
  },
});
