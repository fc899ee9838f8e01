import { gatherCustomers } from './customers';
import { follow } from './loops';
import type { Plan } from './plan';

// A process of its own, so that what drives the load and what is measured do not share an event loop.
process.once('message', (message) => {
  const plan = message as Plan;
  const customers = gatherCustomers(plan, 'atOnce' in plan.pace ? plan.pace.atOnce : 512);
  follow(plan, customers.act)
    .then((outcome) => process.send!({ outcome }))
    .catch((error: unknown) => process.send!({ error: String(error) }))
    .finally(() => void customers.close().then(() => process.exit(0)));
});
