import { z } from 'zod';

/** How to reach a customer. Stands only on the compacted topic, never in an event, so that a person can be erased. */
export const customerContact = z.object({
  email: z.email(),
  name: z.string().max(200).optional(),
  locale: z.enum(['ko', 'en']),
});
export type CustomerContact = z.infer<typeof customerContact>;
