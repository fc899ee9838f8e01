import type { MyPageItem } from '@outerpark/contracts/http/mypage';
import { call } from '../../api/call';
import { failureIn } from '../../api/failure';
import type { StoryEvent } from './lanes';

/** The story of a reservation, or of whatever happened under a correlation id. */
export interface Told {
  /** What was asked for. */
  id: string;
  /** null when it is told by correlation id. */
  reservationId: string | null;
  customerId: string | null;
  reservation: MyPageItem | null;
  events: StoryEvent[];
  /** There are still more of them. */
  more: boolean;
  asOf: string | null;
}

type OfReservation = Pick<Told, 'reservation' | 'customerId' | 'events' | 'asOf'>;
type OfCorrelation = Pick<Told, 'events' | 'asOf'> & { more: boolean };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id does not say whose it is: a reservation is looked for first, then a correlation. null: it is neither. */
export async function tellStory(id: string, signal?: AbortSignal): Promise<Told | null> {
  if (UUID.test(id)) {
    const story = await found(call<OfReservation>(`/api/admin/reservations/${id.toLowerCase()}/story`, { signal }));
    if (story && story.events.length > 0) return { id, reservationId: id.toLowerCase(), more: false, ...story };
  }
  // A colon is plain in a path, and the gateway takes no escapes.
  const plain = encodeURIComponent(id).replaceAll('%3A', ':');
  const story = await found(call<OfCorrelation>(`/api/admin/stories/${plain}`, { signal }));
  if (!story || story.events.length === 0) return null;
  return { id, reservationId: null, customerId: null, reservation: null, ...story };
}

const found = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    // What cannot be an id at all is refused, and is nobody's either.
    if ([400, 404].includes(failureIn(error).status)) return null;
    throw error;
  });
