import type { customer as english } from '../en/customer';
import type { SameKeys } from '../texts';

export const customer: SameKeys<typeof english> = {
  title: '뮤지컬',
};
