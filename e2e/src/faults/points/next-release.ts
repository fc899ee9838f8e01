import { events, isEventType } from '@outerpark/contracts/events';

/** Makes the contracts of this process those of a next release, in which this event has its next major version. */
export function knowNextSchema(type: string | undefined): () => void {
  if (type === undefined || !isEventType(type)) return () => undefined;
  const definition: { schemaVersion: number } = events[type];
  definition.schemaVersion += 1;
  return () => void (definition.schemaVersion -= 1);
}
