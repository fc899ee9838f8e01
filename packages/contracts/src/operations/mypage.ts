import { myPageItem } from '../http/mypage';
import { page, pageQuery } from '../http/paging';
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
    ...replicaOperations,
  ],
};
