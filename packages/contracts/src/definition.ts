import { z } from 'zod';
import type { EventTopic } from './topics';

/**
 * One event's contract: its topic, what happened, the shape of its data and the schema's major version.
 * Within a major version fields are only added, and as optional ones: consumers ignore what they do not know.
 * A new major version makes older consumers pause the partition and alarm, so it is rolled out consumers first.
 */
export interface EventDefinition<Shape extends z.ZodRawShape> {
  topic: EventTopic;
  summary: string;
  schemaVersion: number;
  data: z.ZodObject<Shape>;
}

export const define = <Shape extends z.ZodRawShape>(
  topic: EventTopic,
  summary: string,
  shape: Shape,
  schemaVersion = 1,
): EventDefinition<Shape> => ({ topic, summary, schemaVersion, data: z.object(shape) });
