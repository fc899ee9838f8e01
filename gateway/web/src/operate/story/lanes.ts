/** An event of a story, as the API tells it. */
export interface StoryEvent {
  eventId: string;
  at: string;
  type: string;
  service: string;
  version: number;
  /** Of the request that it follows from, or of a clock's turn. */
  correlationId: string;
  detail: Record<string, unknown>;
  /** In a story by correlation id: whose event it is. */
  reservationId?: string;
}

export interface Story {
  /** The services in it, from the one that takes reservations to the one that tells people. */
  lanes: string[];
  rows: StoryRow[];
  /** From the first event to the last, in milliseconds. */
  took: number;
}

export interface StoryRow {
  event: StoryEvent;
  lane: number;
  /** Milliseconds since the event before; 0 for the first. */
  after: number;
  /** Another request, or another message that somebody sent, began here. */
  newCorrelation: boolean;
}

const ORDER = ['reservation', 'musical', 'payment', 'notification'];
const place = (service: string): number => (ORDER.includes(service) ? ORDER.indexOf(service) : ORDER.length);

/** Events in order of time, each in the lane of its service. An event that comes twice is told once. */
export function storyOf(events: StoryEvent[]): Story {
  const distinct = [...new Map(events.map((event) => [event.eventId, event])).values()];
  const sorted = distinct.sort((a, b) => compare(a.at, b.at) || compare(a.eventId, b.eventId));
  const lanes = [...new Set(sorted.map(({ service }) => service))].sort((a, b) => place(a) - place(b) || compare(a, b));
  const rows = sorted.map((event, index) => {
    const before = sorted[index - 1];
    return {
      event,
      lane: lanes.indexOf(event.service),
      after: before ? Date.parse(event.at) - Date.parse(before.at) : 0,
      newCorrelation: !before || before.correlationId !== event.correlationId,
    };
  });
  return { lanes, rows, took: rows.reduce((sum, { after }) => sum + after, 0) };
}

/** What of an event's detail is one word or number, so that it can be shown on a line: the rest stays in the whole. */
export const plainDetail = (detail: Record<string, unknown>): [string, string | number | boolean][] =>
  Object.entries(detail).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
