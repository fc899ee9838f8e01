import { requireCustomer, requireIdentity, type Identity } from '@outerpark/chassis/http/auth';
import {
  fingerprint,
  idempotent,
  readKey,
  sendAnswer,
  type Answer,
  type IdempotencyStore,
} from '@outerpark/chassis/http/idempotency';
import { idParam, parse } from '@outerpark/chassis/http/validate';
import { reserveSeats } from '@outerpark/contracts/http/reservations';
import { Router } from 'express';
import type { Reservation } from '../domain/reservation';
import { asAnswer } from '../use-cases/as-answer';
import type { ReserveSeats } from '../use-cases/reserve-seats';

export interface ReservationApi {
  reserveSeats(request: ReserveSeats): Promise<Answer & { replayed?: boolean }>;
  findReservation(id: string, reader: Identity): Promise<Reservation>;
  cancelReservation(id: string, canceller: Identity): Promise<Reservation>;
  requestPayment(id: string, customer: Identity): Promise<Reservation>;
  idempotency: IdempotencyStore;
}

export function routes(api: ReservationApi): Router {
  const router = Router();

  router.post('/api/reservations', async (req, res) => {
    const customer = requireCustomer(req);
    const wanted = parse(reserveSeats, req.body);
    const request = { customer, wanted, key: readKey(req), fingerprint: fingerprint(wanted) };
    const { replayed, ...answer } = await api.reserveSeats(request);
    if (replayed) res.set('Idempotent-Replayed', 'true');
    sendAnswer(res, answer);
  });

  router.get('/api/reservations/:id', async (req, res) => {
    const reader = requireIdentity(req);
    res.json(asAnswer(await api.findReservation(idParam(req, 'id'), reader)));
  });

  router.delete(
    '/api/reservations/:id',
    idempotent(api.idempotency, async (req) => {
      const canceller = requireIdentity(req);
      return { status: 200, body: asAnswer(await api.cancelReservation(idParam(req, 'id'), canceller)) };
    }),
  );

  router.post(
    '/api/reservations/:id/payment',
    idempotent(api.idempotency, async (req) => {
      const customer = requireCustomer(req);
      return { status: 202, body: asAnswer(await api.requestPayment(idParam(req, 'id'), customer)) };
    }),
  );

  return router;
}
