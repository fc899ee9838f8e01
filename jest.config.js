// Three kinds of tests, told apart by the file's name: .unit needs nothing, .int real PostgreSQL (and Kafka where the test
// asks for it), .e2e all six services. PostgreSQL and Kafka are started once for a run, on free ports, by the global setup.
const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' }];

const project = (kind, extra = {}) => ({
  displayName: kind,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/**/*.${kind}.test.ts`],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.outerpark/'],
  modulePathIgnorePatterns: ['/dist/', '/.outerpark/'],
  transform: { '\\.[jt]s$': swc },
  // jose and the few other packages that ship ES modules only, or that import() something when they are used.
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|oidc-provider|openid-client|oauth4webapi|@seriousme|@opentelemetry/otlp-exporter-base)/)',
  ],
  moduleNameMapper: {
    '^@outerpark/(contracts|chassis)/(.+)$': '<rootDir>/packages/$1/src/$2',
    '^@outerpark/([a-z0-9]+)/(.+)$': '<rootDir>/$1/src/$2',
  },
  ...extra,
});

const withServers = {
  globalSetup: '<rootDir>/dev/test/global-setup.ts',
  globalTeardown: '<rootDir>/dev/test/global-teardown.ts',
};

module.exports = {
  maxWorkers: 2,
  testTimeout: 30_000,
  projects: [project('unit'), project('int', withServers), project('e2e', withServers)],
};
