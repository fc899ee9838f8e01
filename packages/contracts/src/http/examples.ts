/** What the examples in the documents tell of: two seats of one evening. */
export const EXAMPLE = {
  musicalId: '0b8f7e0c-6a6e-4b39-9d5c-0d6c2d1f7a11',
  musical: 'Hedwig',
  performanceId: '7d1f0a52-7a53-4a4b-8f0e-3f6a5b7f6c21',
  gradeId: '2f0d4a1e-93a5-4c1b-a6a5-5d2f8c0b9e31',
  reservationId: '5a3cf1de-1c0a-4f55-9d62-8f1b2e7c4d41',
  noticeId: 'c4e1b6a0-5f3d-4b8e-8a70-1e9d3c2b5f51',
  correlationId: '3f6e1d2c-5b4a-4987-8c6d-5e4f3a2b1c0d',
  startsAt: '2099-05-01T10:30:00.000Z',
  venue: 'OuterPark Hall',
};

export const EXAMPLE_HOLD = {
  reservationId: EXAMPLE.reservationId,
  musicalId: EXAMPLE.musicalId,
  musical: EXAMPLE.musical,
  performanceId: EXAMPLE.performanceId,
  startsAt: EXAMPLE.startsAt,
  venue: EXAMPLE.venue,
  lines: [{ gradeId: EXAMPLE.gradeId, grade: 'VIP', seats: 2, price: 150_000 }],
  seats: 2,
  price: 300_000,
};

const { reservationId, ...held } = EXAMPLE_HOLD;

export const EXAMPLE_RESERVATION = {
  id: reservationId,
  ...held,
  status: 'awaiting_payment' as const,
  paymentDeadline: '2026-11-23T10:21:09.306Z',
  version: 1,
};
