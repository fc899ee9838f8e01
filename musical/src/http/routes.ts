import { requireCustomer, requireIdentity, requireRole } from '@outerpark/chassis/http/auth';
import { idempotent, type IdempotencyStore } from '@outerpark/chassis/http/idempotency';
import { idParam, parse } from '@outerpark/chassis/http/validate';
import { problem } from '@outerpark/chassis/errors';
import { holdRequest, WAITED_HEADER, type Hold } from '@outerpark/contracts/http/holds';
import {
  changeCapacity,
  registerMusical,
  seatsQuery,
  type GradeSeats,
  type Musical,
  type RegisterMusical,
} from '@outerpark/contracts/http/musicals';
import { pageQuery, type Page } from '@outerpark/contracts/http/paging';
import {
  switchWaitingRoom,
  waitingRoomsQuery,
  type WaitingPass,
  type WaitingRoom,
  type WaitingRoomMode,
} from '@outerpark/contracts/http/waiting-rooms';
import { Router } from 'express';
import type { HoldSeats } from '../use-cases/hold-seats';

export interface MusicalApi {
  registerMusical(id: string, request: RegisterMusical): Promise<Musical>;
  changeCapacity(musicalId: string, gradeId: string, capacity: number): Promise<Musical>;
  holdSeats(request: HoldSeats): Promise<Hold>;
  findMusical(id: string): Promise<Musical | undefined>;
  listMusicals(limit: number, cursor?: string): Promise<Page<Musical>>;
  /** None: there is no such musical. */
  seatsOf(musicalId: string): Promise<GradeSeats[]>;
  joinWaitingRoom(performanceId: string, customerId: string): Promise<WaitingPass>;
  seeWaitingPass(performanceId: string, customerId: string): Promise<WaitingPass>;
  /** None: there is no such musical. */
  waitingRoomsOf(musicalId: string): Promise<WaitingRoom[]>;
  switchWaitingRoom(performanceId: string, mode: WaitingRoomMode): Promise<WaitingRoom>;
  idempotency: IdempotencyStore;
}

export function routes(api: MusicalApi): Router {
  const router = Router();

  router.post(
    '/api/musicals',
    idempotent(api.idempotency, async (req, id) => {
      requireRole(req, 'admin');
      return { status: 201, body: await api.registerMusical(id, parse(registerMusical, req.body)) };
    }),
  );

  router.patch(
    '/api/musicals/:id/grades/:gradeId',
    idempotent(api.idempotency, async (req) => {
      requireRole(req, 'admin');
      const { capacity } = parse(changeCapacity, req.body);
      return { status: 200, body: await api.changeCapacity(idParam(req, 'id'), idParam(req, 'gradeId'), capacity) };
    }),
  );

  router.get('/api/musicals', async (req, res) => {
    const { limit, cursor } = parse(pageQuery, req.query, 'query');
    res.json(await api.listMusicals(limit, cursor));
  });

  router.get('/api/musicals/:id', async (req, res) => {
    const found = await api.findMusical(idParam(req, 'id'));
    if (!found) throw problem('not-found');
    res.json(found);
  });

  router.get('/api/admin/seats', async (req, res) => {
    requireRole(req, 'admin');
    const items = await api.seatsOf(parse(seatsQuery, req.query, 'query').musicalId);
    if (items.length === 0) throw problem('not-found');
    res.json({ items });
  });

  router.post('/api/performances/:id/waiting-room', async (req, res) => {
    const { customerId } = requireCustomer(req);
    res.json(await api.joinWaitingRoom(idParam(req, 'id'), customerId));
  });

  router.get('/api/performances/:id/waiting-room', async (req, res) => {
    const { customerId } = requireCustomer(req);
    res.json(await api.seeWaitingPass(idParam(req, 'id'), customerId));
  });

  router.get('/api/admin/waiting-rooms', async (req, res) => {
    requireRole(req, 'admin');
    const items = await api.waitingRoomsOf(parse(waitingRoomsQuery, req.query, 'query').musicalId);
    if (items.length === 0) throw problem('not-found');
    res.json({ items });
  });

  router.put('/api/admin/waiting-rooms/:id', async (req, res) => {
    requireRole(req, 'admin');
    const { mode } = parse(switchWaitingRoom, req.body);
    res.json(await api.switchWaitingRoom(idParam(req, 'id'), mode));
  });

  router.post('/internal/holds', async (req, res) => {
    const { customerId } = requireIdentity(req);
    const waitedMs = readWaited(req.get(WAITED_HEADER));
    res.json(await api.holdSeats({ ...parse(holdRequest, req.body), customerId, waitedMs }));
  });

  return router;
}

/** Said by another process, for a measurement only: what cannot be read counts as nothing. */
const readWaited = (header: string | undefined): number => (/^\d{1,7}$/.test(header ?? '') ? Number(header) : 0);
