import 'i18next';
import type { admin } from './en/admin';
import type { common } from './en/common';
import type { customer } from './en/customer';
import type { operate } from './en/operate';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    returnNull: false;
    resources: { common: typeof common; customer: typeof customer; admin: typeof admin; operate: typeof operate };
  }
}
