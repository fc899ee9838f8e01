// All tests in a real browser, one file after the other. `npm test` has only the short set of them (*.e2e.test.ts).
const { projects, ...rest } = require('./jest.config.js');
const e2e = projects.find(({ displayName }) => displayName === 'e2e');

module.exports = {
  ...rest,
  maxWorkers: 1,
  projects: [{ ...e2e, displayName: 'browser', testMatch: ['<rootDir>/e2e/test/browser/*.test.ts'] }],
};
