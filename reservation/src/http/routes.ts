import { requireCustomer, requireIdentity, requireRole, type Identity } from '@outerpark/chassis/http/auth';
import {
  fingerprint,
  idempotent,
  readKey,
  sendAnswer,
  type Answer,
  type IdempotencyStore,
} from '@outerpark/chassis/http/idempotency';
import { idParam, parse } from '@outerpark/chassis/http/validate';
import type { Page } from '@outerpark/contracts/http/paging';
import { reservationQuery, reserveSeats, type ReservationQuery } from '@outerpark/contracts/http/reservations';
import { salesQuery, type SalesBucket, type SalesQuery } from '@outerpark/contracts/http/sales';
import { Router } from 'express';
import type { Reservation } from '../domain/reservation';
import { asAdminAnswer, asAnswer } from '../use-cases/as-answer';
import type { ReserveSeats } from '../use-cases/reserve-seats';

export interface ReservationApi {
  reserveSeats(request: ReserveSeats): Promise<Answer & { replayed?: boolean }>;
  findReservation(id: string, reader: Identity): Promise<Reservation>;
  cancelReservation(id: string, canceller: Identity): Promise<Reservation>;
  requestPayment(id: string, customer: Identity): Promise<Reservation>;
  listReservations(query: ReservationQuery): Promise<Page<Reservation>>;
  seeSales(query: SalesQuery): Promise<SalesBucket[]>;
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

  router.get('/api/admin/reservations', async (req, res) => {
    requireRole(req, 'admin');
    const { items, next } = await api.listReservations(parse(reservationQuery, req.query, 'query'));
    res.json({ items: items.map(asAdminAnswer), next });
  });

  router.get('/api/admin/sales', async (req, res) => {
    requireRole(req, 'admin');
    res.json({ items: await api.seeSales(parse(salesQuery, req.query, 'query')) });
  });

  return router;
}
