import { readOptions } from './options';
import { summary, valueArguments } from './render';

test('files first, then images and tag, then single values, which so win', () => {
  const options = readOptions(['-f', '/a.yaml', '--set', 'image.tag=mine'], { SERVICES_IMAGE: 'mine/services' });
  expect(valueArguments(options, '1234567')).toEqual([
    ...['--values', '/a.yaml'],
    ...['--set-string', 'image.services=mine/services'],
    ...['--set-string', 'image.tag=1234567'],
    ...['--set', 'image.tag=mine'],
  ]);
});

test('without a tag the chart says which', () => {
  expect(valueArguments(readOptions([], {}), undefined)).toEqual([]);
});

test('what Helm would take apart is escaped', () => {
  expect(valueArguments(readOptions([], {}), 'a,b')).toEqual(['--set-string', 'image.tag=a\\,b']);
});

test('the manifests are counted by kind, and what only mentions a kind is not', () => {
  const manifests = `---
kind: Service
---
apiVersion: v1
kind: Service
---
kind: NetworkPolicy
spec:
  kind: Service
---
kind: NetworkPolicy
---
kind: Job
`;
  expect(summary(manifests)).toBe('2 NetworkPolicies, 2 Services, 1 Job');
});
