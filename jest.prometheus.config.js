// The alerts in a real Prometheus that scrapes the real services: a part of `npm run k8s:alerts`, because it has to be installed for it.
const { projects, ...rest } = require('./jest.config.js');
const e2e = projects.find(({ displayName }) => displayName === 'e2e');

module.exports = {
  ...rest,
  projects: [
    { ...e2e, displayName: 'prometheus', testMatch: ['<rootDir>/e2e/test/observability/*.prometheus.test.ts'] },
  ],
};
