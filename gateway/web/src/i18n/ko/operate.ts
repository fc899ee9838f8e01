import type { operate as english } from '../en/operate';
import type { SameKeys } from '../texts';

export const operate: SameKeys<typeof english> = {
  title: '운영',
};
