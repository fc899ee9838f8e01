import { customerPreferences, notice, notificationPreferences } from '../http/notifications';
import { actionDone, actionRequest } from '../http/operators';
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
    {
      id: 'findPreferences',
      method: 'get',
      path: '/api/notifications/preferences',
      who: 'identity',
      summary: 'How the caller wants to be told; by e-mail, as long as nothing was chosen',
      answer: { status: 200, summary: 'The preferences', body: customerPreferences },
    },
    {
      id: 'choosePreferences',
      method: 'put',
      path: '/api/notifications/preferences',
      who: 'identity',
      summary: 'Choose channels and language of notices',
      description: 'It counts for what is delivered from now on. With all channels off, notices stand on My page only.',
      body: notificationPreferences,
      answer: { status: 200, summary: 'The preferences as they are now', body: customerPreferences },
    },
    {
      id: 'resendNotice',
      method: 'post',
      path: '/api/admin/notifications/:id/resend',
      who: 'admin',
      summary: 'Deliver a notice once more by its channel, whether it was sent or given up',
      description:
        'One that is still being tried goes on. It is left out when the customer has switched the channel off since.',
      body: actionRequest,
      repeatable: true,
      answer: { status: 202, summary: 'It will be delivered', body: actionDone },
    },
    ...operatorOperations,
  ],
};
