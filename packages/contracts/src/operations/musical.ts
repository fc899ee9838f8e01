import { hold, holdRequest } from '../http/holds';
import { changeCapacity, musical, registerMusical, seats, seatsQuery } from '../http/musicals';
import { page, pageQuery } from '../http/paging';
import { switchWaitingRoom, waitingPass, waitingRoom, waitingRooms, waitingRoomsQuery } from '../http/waiting-rooms';
import type { ServiceDescription } from './operation';
import { operatorOperations } from './operators';

/** What can be done about the musical at this place of an answer. */
const about = (musical: string) => ({
  findMusical: { params: { id: `${musical}/id` } },
  changeCapacity: { params: { id: `${musical}/id`, gradeId: `${musical}/performances/0/grades/0/id` } },
  joinWaitingRoom: { params: { id: `${musical}/performances/0/id` } },
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
        'waiting-room',
      ],
    },
    {
      id: 'joinWaitingRoom',
      method: 'post',
      path: '/api/performances/:id/waiting-room',
      who: 'customer',
      summary: 'Join the waiting room of a performance, or see how you stand in it',
      description:
        'Joined again, from wherever, it answers with the same position. While the room is closed nobody needs a pass, and none is given: `open` is false and `admitted` true. Ask again after `retryAfterSeconds`.',
      answer: {
        status: 200,
        summary: 'The pass: its position, how many are ahead, and whether its customer may reserve now',
        body: waitingPass,
        next: { seeWaitingPass: { params: { id: '$response.body#/performanceId' } } },
      },
      problems: ['performance-over'],
    },
    {
      id: 'seeWaitingPass',
      method: 'get',
      path: '/api/performances/:id/waiting-room',
      who: 'customer',
      summary: 'How you stand in the waiting room of a performance, without joining it',
      answer: { status: 200, summary: 'The pass; without one `position` is null', body: waitingPass },
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
    {
      id: 'seeWaitingRooms',
      method: 'get',
      path: '/api/admin/waiting-rooms',
      who: 'admin',
      summary: 'The waiting rooms of a musical: who waits, who was admitted, and how fast',
      query: waitingRoomsQuery,
      answer: { status: 200, summary: 'One for each performance', body: waitingRooms },
      problems: ['not-found'],
    },
    {
      id: 'switchWaitingRoom',
      method: 'put',
      path: '/api/admin/waiting-rooms/:id',
      who: 'admin',
      summary: 'Switch the waiting room of a performance on, off, or leave it to the load',
      description:
        '`:id` is the performance. `on` opens it, `off` closes it at once, so that everybody may reserve; `automatic` leaves it as it is, to open under load and to close when nobody has had to wait for a while.',
      body: switchWaitingRoom,
      answer: { status: 200, summary: 'The waiting room as it is now', body: waitingRoom },
      problems: ['performance-over'],
    },
    ...operatorOperations,
  ],
};
