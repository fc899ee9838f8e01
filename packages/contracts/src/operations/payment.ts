import { page, pageQuery } from '../http/paging';
import { payment } from '../http/payments';
import type { ServiceDescription } from './operation';

export const paymentService: ServiceDescription = {
  title: 'OuterPark payment',
  description: 'The truth about money: what was charged and what was refunded.',
  operations: [
    {
      id: 'listPayments',
      method: 'get',
      path: '/api/payments',
      who: 'identity',
      summary: 'Own payments, newest first; for an admin all',
      query: pageQuery,
      answer: { status: 200, summary: 'A page of payments', body: page(payment) },
    },
  ],
};
