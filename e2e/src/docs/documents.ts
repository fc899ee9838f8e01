import { resolve } from 'node:path';
import { document } from '@outerpark/gateway/document';
import { stringify } from 'yaml';
import { asyncApiDocument } from './asyncapi';

export const ROOT = resolve(__dirname, '../../..');

/** What can be called, as the gateway answers it: the baseline that breaking changes are seen against. */
export const OPENAPI = 'docs/openapi.json';
export const ASYNCAPI = 'docs/asyncapi.yaml';

/** Path in the repository -> what has to stand there, made from the code as it is now. */
export const documents = (): Record<string, string> => ({
  [OPENAPI]: `${JSON.stringify(document, null, 2)}\n`,
  [ASYNCAPI]: `# Made by npm run docs: change the schemas in packages/contracts instead.\n${stringify(asyncApiDocument(), { version: '1.1', aliasDuplicateObjects: false, lineWidth: 130 })}`,
});
