import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

// The architecture, as rules. `services` may use the two packages and nothing of each other.
const services = ['gateway', 'musical', 'reservation', 'payment', 'notification', 'mypage'];
const io = ['express', 'kafkajs', 'typeorm', 'pg', 'opossum', 'undici', 'nodemailer', 'libsql', 'pino', 'node:*'];

const kafkajs = { name: 'kafkajs', message: 'kafkajs is behind one port: packages/chassis/src/messaging/kafka*.ts.' };
const openTelemetry = ['api', 'exporter-trace-otlp-http', 'exporter-trace-otlp-proto', 'resources', 'sdk-trace'].map(
  (name) => ({
    name: `@opentelemetry/${name}`,
    message: 'A service that does not trace loads none of it: it is behind packages/chassis/src/telemetry/tracer.ts.',
  }),
);
const behindPorts = { paths: [kafkajs, ...openTelemetry] };
const otherServices = (self) => ({
  group: services.filter((name) => name !== self).flatMap((name) => [`@outerpark/${name}`, `@outerpark/${name}/*`]),
  message: 'A service never imports another service.',
});
const processEnv = {
  object: 'process',
  property: 'env',
  message: 'process.env is read in config.ts only.',
};
const clockAndChance = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes into the domain as data.' },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time comes into the domain as data.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Chance comes into the domain as data.',
  },
  { selector: "Identifier[name='process']", message: 'The domain knows no process.' },
];

export default ts.config(
  { ignores: ['**/dist/', '**/node_modules/', '.outerpark/', 'coverage/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: [] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-restricted-imports': ['error', behindPorts],
      'no-restricted-properties': ['error', processEnv],
      // There is no `this` in this code: functions in objects are passed on freely.
      '@typescript-eslint/unbound-method': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    // Tests are no part of a package's build: one project of their own knows them all.
    files: ['**/*.test.ts', '**/test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.test.json' } },
  },
  {
    // The web's tests belong to its own project: it has the browser's types and a bundler's way to find modules.
    files: ['gateway/web/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: false, project: './gateway/web/tsconfig.json' } },
  },
  ...services.map((name) => ({
    files: [`${name}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { ...behindPorts, patterns: [otherServices(name)] }] },
  })),
  ...services.map((name) => ({
    files: [`${name}/src/domain/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            otherServices(name),
            { group: io, message: 'The domain imports no I/O.' },
            { group: ['@outerpark/chassis/*'], message: 'The domain imports contracts only.' },
            { group: ['../*'], message: 'The domain does not know the other folders.' },
          ],
        },
      ],
      'no-restricted-syntax': ['error', ...clockAndChance],
    },
  })),
  {
    files: ['packages/contracts/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: [...io, '@outerpark/*'], message: 'Contracts are data: zod only.' }] },
      ],
    },
  },
  {
    files: ['packages/chassis/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          ...behindPorts,
          patterns: [
            { group: [...services.map((name) => `@outerpark/${name}/*`)], message: 'The chassis knows no service.' },
          ],
        },
      ],
    },
  },
  {
    files: [
      'packages/chassis/src/messaging/kafka*.ts',
      'packages/chassis/test/support/kafka-admin.ts',
      'packages/chassis/src/telemetry/{otlp,counted-export}.ts',
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts'],
    rules: {
      // What came over HTTP is what the assertions are about.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  // dev, audit, ops, e2e and bench are programs around the services: they may start them and speak to the terminal.
  {
    files: ['dev/**/*.ts', 'audit/**/*.ts', 'ops/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/config.ts', 'dev/**/*.ts', '**/test/**/*.ts', 'packages/chassis/src/testing/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        module: 'writable',
        require: 'readonly',
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  {
    files: ['gateway/viewer/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: { SwaggerUIBundle: 'readonly', fetch: 'readonly', location: 'readonly', URL: 'readonly' },
    },
  },
);
