import { myPageEvents, myPageItem } from '../http/mypage';
import { page, pageQuery } from '../http/paging';
import { requestStory, reservationStory, storyParams } from '../http/story';
import { moment } from '../values';
import type { ServiceDescription } from './operation';
import { replicaOperations } from './operators';

export const myPageService: ServiceDescription = {
  title: 'OuterPark mypage',
  description: 'What the customer sees: every reservation with all that happened.',
  operations: [
    {
      id: 'seeMyPage',
      method: 'get',
      path: '/api/mypage',
      who: 'customer',
      summary: 'Own reservations with payment, notices and all that happened, newest first',
      query: pageQuery,
      answer: {
        status: 200,
        summary: 'A page of reservations',
        body: page(myPageItem),
        headers: { 'X-As-Of': { summary: 'Everything that happened up to then is in the answer', schema: moment } },
      },
    },
    {
      id: 'watchMyPage',
      method: 'get',
      path: '/api/mypage/stream',
      who: 'customer',
      summary: 'The own page as it is now, then each reservation that changes',
      description:
        'Server-sent events. `snapshot` comes first on every connect, so that nothing has to be remembered between two of them; `reservation` replaces or adds one reservation. Changes of one reservation that come together are one event, with its newest state. Comments every 15 s keep the connection alive. The stream ends when the token expires, when the service is restarted, and for a client that does not read: connect again.',
      answer: { status: 200, summary: 'The events, until the stream ends', events: myPageEvents },
    },
    {
      id: 'tellOfReservation',
      method: 'get',
      path: '/api/admin/reservations/:id/story',
      who: 'admin',
      summary: 'A reservation as its customer sees it, and every event of every service about it',
      answer: { status: 200, summary: 'All that happened, in order of time', body: reservationStory },
    },
    {
      id: 'tellOfRequest',
      method: 'get',
      path: '/api/admin/stories/:correlationId',
      params: storyParams.shape,
      who: 'admin',
      summary: 'Every event about a reservation that followed from one request',
      answer: { status: 200, summary: 'The first thousand, in order of time', body: requestStory },
    },
    ...replicaOperations,
  ],
};
