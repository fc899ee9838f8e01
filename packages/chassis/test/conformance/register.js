// Lets a child process run TypeScript from the sources, as jest does in its own: `node -r register.js file.ts`.
const Module = require('node:module');
const { resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

const packages = resolve(__dirname, '../../..');
const options = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
  swcrc: false,
};

Module._extensions['.ts'] = (module, filename) => module._compile(transformFileSync(filename, options).code, filename);

const { _resolveFilename } = Module;
Module._resolveFilename = (request, ...rest) =>
  _resolveFilename(request.replace(/^@outerpark\/(contracts|chassis)\//, `${packages}/$1/src/`), ...rest);
