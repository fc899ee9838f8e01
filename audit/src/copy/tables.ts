import { CONTACTS_TOPIC } from '@outerpark/contracts/topics';

// Times are milliseconds since 1970 by the clock of the store they are from, amounts KRW.

/** What each reading brings anew: table -> columns. */
const anew = {
  // musical
  musical: 'id TEXT PRIMARY KEY, version INTEGER',
  grade: 'id TEXT PRIMARY KEY, performance_id TEXT, capacity INTEGER, free INTEGER',
  hold: 'reservation_id TEXT PRIMARY KEY, performance_id TEXT, state TEXT, lines TEXT',
  /** Of the holds that are not released. */
  hold_line: 'reservation_id TEXT, grade_id TEXT, seats INTEGER, state TEXT, performance_id TEXT',

  // reservation
  intent: 'reservation_id TEXT PRIMARY KEY, state TEXT, claimed_at INTEGER',
  reservation: `id TEXT PRIMARY KEY, lines TEXT, price INTEGER, status TEXT, payment_deadline INTEGER, version INTEGER,
    ended_at INTEGER, seats_released_at INTEGER, payment_cancelled_at INTEGER`,

  // payment
  payment: 'reservation_id TEXT PRIMARY KEY, version INTEGER, status TEXT, next_attempt_at INTEGER',
  ledger: 'attempt_id TEXT, reservation_id TEXT, kind TEXT, amount INTEGER',

  // notification
  notice: 'id TEXT PRIMARY KEY, version INTEGER',

  // The provider's ledger in the form of ours: an approved charge is captured.
  provider: 'reachable INTEGER',
  provider_ledger: 'key TEXT, reference TEXT, kind TEXT, amount INTEGER',

  // of every service that has them
  clock: 'service TEXT PRIMARY KEY, now INTEGER',
  outbox: `event_id TEXT, service TEXT, seq INTEGER, topic TEXT, subject TEXT, version INTEGER, type TEXT, digest TEXT,
    forgets INTEGER, published_at INTEGER`,
  inbox: 'consumer TEXT, event_id TEXT, applied_at INTEGER, PRIMARY KEY (consumer, event_id)',
  consumer_offset:
    'consumer TEXT, topic TEXT, partition INTEGER, next INTEGER, PRIMARY KEY (consumer, topic, partition)',
  /** The unresolved ones. */
  dead_letter:
    'consumer TEXT, id INTEGER, topic TEXT, aggregate TEXT, event_id TEXT, type TEXT, reason TEXT, queued INTEGER',
  /** Up to when a store knows no more what it knew. */
  forgotten: 'store TEXT, what TEXT, until INTEGER, PRIMARY KEY (store, what)',
  /** Of the audit before this one. */
  checkpoint: 'service TEXT PRIMARY KEY, as_of INTEGER',
  /** What each consumer's readers do not ignore. */
  interest: 'consumer TEXT, topic TEXT, type TEXT, PRIMARY KEY (consumer, topic, type)',

  /** How much of mypage was compared. */
  compared: 'replica TEXT, kind TEXT, rows INTEGER',

  /** Ends of the partitions, before the stores were read and after it. */
  topic_end: 'topic TEXT, partition INTEGER, before INTEGER, after INTEGER, PRIMARY KEY (topic, partition)',
};

export const READ_ANEW = Object.keys(anew);

export const TABLES = `
  ${Object.entries(anew)
    .map(([table, columns]) => `CREATE TABLE ${table} (${columns});`)
    .join('\n')}
  CREATE INDEX outbox_event ON outbox (event_id);
  CREATE INDEX outbox_subject ON outbox (topic, subject, version);
  CREATE INDEX hold_line_grade ON hold_line (grade_id);
  CREATE INDEX ledger_attempt ON ledger (attempt_id);
  CREATE INDEX ledger_reservation ON ledger (reservation_id);
  CREATE INDEX provider_ledger_key ON provider_ledger (key);
  CREATE INDEX provider_ledger_reference ON provider_ledger (reference);

  CREATE TABLE event (topic TEXT, partition INTEGER, position INTEGER, key TEXT, id TEXT, type TEXT, time INTEGER,
    version INTEGER, digest TEXT, message TEXT, PRIMARY KEY (topic, partition, position));
  CREATE INDEX event_id ON event (id);
  CREATE INDEX event_version ON event (topic, key, position);

  -- Every event that was committed when the stores were read: outboxes forget what they have sent, topics do not.
  CREATE VIEW committed AS SELECT topic, subject, version, type FROM outbox
    UNION ALL SELECT e.topic, e.key, e.version, e.type FROM event e
      JOIN topic_end t ON t.topic = e.topic AND t.partition = e.partition WHERE e.position < t.before;

  -- Rows of outboxes that were sent up to this time may have been dropped.
  CREATE VIEW dropped AS SELECT t.topic, f.until FROM (SELECT DISTINCT topic FROM topic_end) t JOIN forgotten f
    ON f.what = 'outbox' AND f.store = iif(t.topic = '${CONTACTS_TOPIC}', 'reservation', substr(t.topic, 1, instr(t.topic, '.') - 1));

  -- Payments with a step to take that only the provider can answer, while it does not.
  CREATE VIEW waiting AS SELECT reservation_id FROM payment
    WHERE next_attempt_at IS NOT NULL AND (SELECT reachable FROM provider) = 0;`;
