import { adapters } from './conformance/adapters';
import { portConformance } from './conformance/port';

// Members join and leave a real group in each of these; on a busy machine that takes its time.
jest.setTimeout(90_000);

describe.each(Object.entries(adapters))('%s keeps the port', (_, connect) => portConformance(connect));
