/** How the documents group the calls. The first one counts whose path a call's begins with. */
const tags = [
  { name: 'Musicals', description: 'What is played, and how many seats are free', paths: ['/api/musicals'] },
  {
    name: 'Waiting rooms',
    description: 'The queue before a performance that more want to reserve than can at once',
    paths: ['/api/performances/', '/api/admin/waiting-rooms'],
  },
  { name: 'Reservations', description: 'Reserve, pay again, cancel', paths: ['/api/reservations'] },
  { name: 'My page', description: 'Own reservations with all that happened, also as a stream', paths: ['/api/mypage'] },
  { name: 'Payments', description: 'What was charged and what was refunded', paths: ['/api/payments'] },
  {
    name: 'Notifications',
    description: 'What was told, and by which channels it is to be told',
    paths: ['/api/notifications'],
  },
  { name: 'Session', description: 'Sign-in for browsers', paths: ['/api/session', '/auth/'] },
  {
    name: 'Operation',
    description: 'How the system is, what is stuck, and what to do about it; for admins',
    paths: ['attention', 'actions', 'dead-letters', 'system', 'stories', 'reservations/:id/story', 'notifications'].map(
      (name) => `/api/admin/${name}`,
    ),
  },
  { name: 'Administration', description: 'Sales, seats and all reservations; for admins', paths: ['/api/admin/'] },
  { name: 'Internal', description: 'Between the services; never routed by the gateway', paths: ['/internal/'] },
];

/** The group of a call. Throws for a path of none: it belongs into the table. */
export function tagOf(path: string): { name: string; description: string } {
  const tag = tags.find(({ paths }) => paths.some((prefix) => path.startsWith(prefix)));
  if (!tag) throw new Error(`${path} has no tag: name one in packages/contracts/src/operations/tags.ts`);
  return tag;
}
