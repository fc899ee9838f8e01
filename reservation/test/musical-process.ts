import { createTestDatabase } from '@outerpark/chassis/testing/database';
import type { TestIssuer } from '@outerpark/chassis/testing/issuer';
import { startServiceProcess } from '@outerpark/chassis/testing/service-process';
import type { Musical, RegisterMusical } from '@outerpark/contracts/http/musicals';
import { Pool } from 'pg';
import supertest from 'supertest';

export type MusicalProcess = Awaited<ReturnType<typeof startMusicalProcess>>;

/** The real musical service: a process, because a service never imports another, not even in its tests. */
export async function startMusicalProcess(issuer: TestIssuer, settings: Record<string, string> = {}) {
  const database = await createTestDatabase();
  const env = {
    ROLES: 'http',
    KAFKA_BROKERS: '127.0.0.1:1',
    OIDC_ISSUER: issuer.issuer,
    DATABASE_URL: database.url,
    ...settings,
  };
  const running = await startServiceProcess('musical', env);
  const api = supertest(running.url);
  const pool = new Pool({ connectionString: database.url, max: 1 });
  const admin = `Bearer ${await issuer.token({ sub: 'boss', roles: ['admin'], expiresIn: '1h' })}`;

  return {
    url: running.url,
    env,
    signal: running.signal,
    register: async (body: RegisterMusical): Promise<Musical> =>
      (await api.post('/api/musicals').set('authorization', admin).send(body).expect(201)).body as Musical,
    /** Free seats by grade. */
    free: async ({ id }: { id: string }): Promise<Record<string, number>> => {
      const { performances } = (await api.get(`/api/musicals/${id}`)).body as Musical;
      return Object.fromEntries(performances[0]!.grades.map(({ name, free }) => [name, free]));
    },
    /** As a reservation process that ends before it has read the answer. */
    hold: async (reservationId: string, wanted: object, token: string): Promise<void> => {
      await api.post('/internal/holds').set('authorization', token).send({ reservationId, wanted }).expect(200);
    },
    /** What has become of the holds of these reservations. */
    holds: async (reservationIds: string[]): Promise<string[]> => {
      const sql = 'SELECT state FROM hold WHERE reservation_id = ANY($1)';
      return (await pool.query<{ state: string }>(sql, [reservationIds])).rows.map(({ state }) => state);
    },
    stop: async () => {
      await running.stop();
      await pool.end();
      await database.drop();
    },
  };
}

/** One performance; grades by name with their seats, all at 50,000 won. */
export const oneNight = (grades: Record<string, number>, startsAt = inDays(10)): RegisterMusical => ({
  name: 'Hadestown',
  performances: [
    {
      startsAt,
      venue: 'Charlotte Theater',
      grades: Object.entries(grades).map(([name, seats]) => ({ name, price: 50_000, seats })),
    },
  ],
});

export const inDays = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString();
