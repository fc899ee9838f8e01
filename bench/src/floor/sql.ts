import { Pool } from 'pg';

export interface SqlFloor {
  /** Statements a second, and their latency; `callers` at once, one statement a transaction. */
  (where: 'many rows' | 'one hot row', callers: number, seconds: number): Promise<SqlFigures>;
}

export interface SqlFigures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const MANY = 1_000;

/** The least SQL that holds a seat and stores its reservation: one statement, which is one transaction. */
const RESERVE = `
  WITH taken AS (UPDATE floor_grade SET free = free - 1 WHERE id = $1 AND free >= 1 RETURNING id)
  INSERT INTO floor_reservation (id, grade_id, customer_id) SELECT gen_random_uuid(), id, $2 FROM taken RETURNING id`;

/** On the system's own PostgreSQL, with its durability. Its tables are gone afterwards. */
export async function withSqlFloor<T>(databaseUrl: string, work: (floor: SqlFloor) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: databaseUrl, max: 50 });
  const drop = () => pool.query('DROP TABLE IF EXISTS floor_reservation, floor_grade');
  try {
    await drop();
    await pool.query('CREATE TABLE floor_grade (id int PRIMARY KEY, free int NOT NULL CHECK (free >= 0))');
    await pool.query(`CREATE TABLE floor_reservation (id uuid PRIMARY KEY, grade_id int NOT NULL, customer_id text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now())`);
    await pool.query('INSERT INTO floor_grade SELECT n, 1000000 FROM generate_series(1, $1::int) AS n', [MANY]);

    return await work(async (where, callers, seconds) => {
      const until = performance.now() + seconds * 1_000;
      const took: number[] = [];
      const caller = async (nth: number) => {
        for (let now = performance.now(); now < until; now = performance.now()) {
          const grade = where === 'one hot row' ? 1 : 1 + Math.floor(Math.random() * MANY);
          await pool.query({ name: 'reserve', text: RESERVE, values: [grade, `customer-${nth}`] });
          took.push(performance.now() - now);
        }
      };
      await Promise.all(Array.from({ length: callers }, (_, nth) => caller(nth)));
      took.sort((a, b) => a - b);
      const at = (share: number) => took[Math.floor(took.length * share)]!;
      return { perSecond: took.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
    });
  } finally {
    await drop().catch(() => undefined);
    await pool.end();
  }
}
