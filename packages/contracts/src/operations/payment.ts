import { page, pageQuery } from '../http/paging';
import { payment, webhookBody, webhookHeaders, webhookProvider } from '../http/payments';
import type { ServiceDescription } from './operation';
import { operatorOperations } from './operators';

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
    {
      id: 'receiveWebhook',
      method: 'post',
      path: '/api/payments/webhooks/:provider',
      params: { provider: webhookProvider },
      who: 'anyone',
      summary: 'For the payment provider: something has become of a charge or a refund',
      description:
        'Signed by the Standard Webhooks scheme. It is a hint: the provider is asked, and what it answers counts. Sent again it has no effect.',
      headers: webhookHeaders,
      body: webhookBody,
      answer: { status: 204, summary: 'It was received, now or before' },
      problems: ['invalid-signature'],
    },
    ...operatorOperations,
  ],
};
