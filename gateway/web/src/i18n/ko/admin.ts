import type { admin as english } from '../en/admin';
import type { SameKeys } from '../texts';

export const admin: SameKeys<typeof english> = {
  title: '관리',
};
