import { notice } from '../http/notifications';
import { page, pageQuery } from '../http/paging';
import type { ServiceDescription } from './operation';
import { operatorOperations } from './operators';

export const notificationService: ServiceDescription = {
  title: 'OuterPark notification',
  description: 'What was told to whom.',
  operations: [
    {
      id: 'listNotices',
      method: 'get',
      path: '/api/notifications',
      who: 'identity',
      summary: 'Own notices with their deliveries, newest first; for an admin all',
      query: pageQuery,
      answer: { status: 200, summary: 'A page of notices', body: page(notice) },
    },
    ...operatorOperations,
  ],
};
