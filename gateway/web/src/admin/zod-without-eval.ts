import { config } from 'zod';

// zod tries whether it may make functions of text, which our content security policy forbids and browsers report.
config({ jitless: true });
