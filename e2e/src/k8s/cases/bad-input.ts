import { run } from '../../deploy/run';
import type { K8sCase } from '../k8s-case';
import { refusal } from '../refusal';
import { CHART } from '../release';
import { remains } from '../remains';

/** A value that is wrong, and what the error has to name. */
const WRONG: [value: string, names: string][] = [
  ['reservation.replicas=many', 'replicas'],
  ['reservation.replica=2', 'replica'],
  ['gateway.service.type=Balancer', 'type'],
  ['gateway.autoscaling.cpu=-5', 'cpu'],
  ['gateway.sessionSecret=short', 'sessionSecret'],
  ['image.pullPolicy=Sometimes', 'pullPolicy'],
  ['trials.kafka.enable=true', 'enable'],
  ['kafka.sasl.mechanism=gssapi', 'mechanism'],
  ['trials.postgres.enabled=false', 'database.existingSecret'],
  ['trials.kafka.enabled=false', 'kafka.brokers'],
];

const wrongValues: K8sCase = {
  name: 'wrong-values',
  item: 'Bad input',
  title: 'values that are misspelt, of another type, out of range, or missing',
  run: async ({ say }) => {
    for (const [value, names] of WRONG) {
      const said = await refusal(value, run('helm', ['template', 'wrong', CHART, '--set', value]));
      if (!said.includes(names)) throw new Error(`${value}: the error does not name ${names}: ${said}`);
      say(`${value}: ${said.trim().split('\n').at(-1)}`);
    }
    return [
      `${WRONG.length} of ${WRONG.length} were refused before anything was changed, each by an error with its key`,
    ];
  },
};

const missingSecret: K8sCase = {
  name: 'missing-secret',
  item: 'Bad input',
  title: 'an install that names a Secret which is not there, or has no such key',
  run: async ({ another, say }) => {
    const release = await another('secret');
    const values = ['--set', 'trials.postgres.enabled=false,database.existingSecret=nowhere'];
    const install = () => refusal('the install', release.helm(['install', release.name, CHART, ...values]));
    const missing = await install();
    say(missing);
    if (!/Secret nowhere, which database\.existingSecret names/.test(missing)) throw new Error(missing);
    await release.kubectl(['create', 'secret', 'generic', 'nowhere', '--from-literal=OTHER=x']);
    const keyless = await install();
    say(keyless);
    if (!/no key \w+_DATABASE_URL/.test(keyless)) throw new Error(keyless);
    const left = await remains(release.namespace);
    if (left.join() !== 'secret/nowhere') throw new Error(`it has left ${left.join(', ')}`);
    return [
      'refused, with the name of the Secret and of its key, and of the value that asks for them; nothing was installed',
    ];
  },
};

export const badInput: K8sCase[] = [wrongValues, missingSecret];
