import { adapters } from './conformance/adapters';
import { portConformance } from './conformance/port';

describe.each(Object.entries(adapters))('%s keeps the port', (_, connect) => portConformance(connect));
