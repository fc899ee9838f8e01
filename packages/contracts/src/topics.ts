/** One topic for each publishing service. Twelve partitions for ever: the key decides the partition, so the count is part of the contract. */
export const PARTITIONS = 12;

/** Kept for good: these are the source of the read model. Keyed by the aggregate's id. */
export const eventTopics = ['musical.events', 'reservation.events', 'payment.events', 'notification.events'] as const;

/** Compacted, keyed by customer id; a tombstone (null) forgets the person. */
export const CONTACTS_TOPIC = 'customer.contacts';

export type EventTopic = (typeof eventTopics)[number];
export type Topic = EventTopic | typeof CONTACTS_TOPIC;
