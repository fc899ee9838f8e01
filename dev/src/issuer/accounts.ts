/** Who can sign in at the development issuer. There are no passwords: choosing a name is enough. */
export interface DemoAccount {
  /** The `sub` of its tokens, which is the customer's id everywhere. */
  id: string;
  name: string;
  email: string;
  locale: 'ko' | 'en';
  roles: string[];
}

export const demoAccounts: DemoAccount[] = [
  { id: 'alice', name: 'Alice', email: 'alice@example.com', locale: 'ko', roles: ['customer'] },
  { id: 'bob', name: 'Bob', email: 'bob@example.com', locale: 'en', roles: ['customer'] },
  { id: 'admin', name: 'Admin', email: 'admin@example.com', locale: 'en', roles: ['admin'] },
];

export const accountOf = (id: unknown): DemoAccount | undefined => demoAccounts.find((account) => account.id === id);
