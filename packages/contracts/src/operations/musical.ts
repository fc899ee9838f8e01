import { hold, holdRequest } from '../http/holds';
import { changeCapacity, musical, registerMusical, seats, seatsQuery } from '../http/musicals';
import { page, pageQuery } from '../http/paging';
import type { ServiceDescription } from './operation';
import { operatorOperations } from './operators';

/** What can be done about the musical at this place of an answer. */
const about = (musical: string) => ({
  findMusical: { params: { id: `${musical}/id` } },
  changeCapacity: { params: { id: `${musical}/id`, gradeId: `${musical}/performances/0/grades/0/id` } },
  reserveSeats: {
    body: {
      performanceId: `${musical}/performances/0/id`,
      lines: [{ grade: `${musical}/performances/0/grades/0/name`, seats: 1 }],
    },
  },
});

export const musicalService: ServiceDescription = {
  title: 'OuterPark musical',
  description: 'The truth about seats: musicals, performances, price grades and holds.',
  operations: [
    {
      id: 'listMusicals',
      method: 'get',
      path: '/api/musicals',
      who: 'anyone',
      summary: 'All musicals with their free seats, newest first',
      query: pageQuery,
      answer: {
        status: 200,
        summary: 'A page of musicals',
        body: page(musical),
        next: about('$response.body#/items/0'),
      },
    },
    {
      id: 'registerMusical',
      method: 'post',
      path: '/api/musicals',
      who: 'admin',
      summary: 'Register a musical',
      description: 'The short form makes one performance, 30 days ahead, with one price grade.',
      body: registerMusical,
      repeatable: true,
      answer: { status: 201, summary: 'The musical, every seat free', body: musical, next: about('$response.body#') },
    },
    {
      id: 'findMusical',
      method: 'get',
      path: '/api/musicals/:id',
      who: 'anyone',
      summary: 'One musical with its free seats',
      answer: { status: 200, summary: 'The musical', body: musical },
    },
    {
      id: 'changeCapacity',
      method: 'patch',
      path: '/api/musicals/:id/grades/:gradeId',
      who: 'admin',
      summary: 'Give a price grade another capacity',
      body: changeCapacity,
      repeatable: true,
      answer: { status: 200, summary: 'The musical as it is now', body: musical },
      problems: ['capacity-below-taken'],
    },
    {
      id: 'holdSeats',
      method: 'post',
      path: '/internal/holds',
      who: 'identity',
      summary: 'Hold the seats of a reservation, all or none',
      description:
        'For the reservation service only, with the token of its customer. Repeated for the same reservation it gives the same answer.',
      body: holdRequest,
      answer: { status: 200, summary: 'The seats are held at this price', body: hold },
      problems: [
        'not-found',
        'choose-performance',
        'performance-over',
        'seats-unavailable',
        'customer-limit-reached',
        'hold-ended',
      ],
    },
    {
      id: 'seeSeats',
      method: 'get',
      path: '/api/admin/seats',
      who: 'admin',
      summary: 'Free, held and sold seats of a musical, by performance and price grade',
      query: seatsQuery,
      answer: { status: 200, summary: 'All grades, counted at one moment', body: seats },
      problems: ['not-found'],
    },
    ...operatorOperations,
  ],
};
