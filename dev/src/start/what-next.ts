import type { Musical } from '@outerpark/contracts/http/musicals';
import type { Prepared } from './prepare';

/** What is where, and what to try first. */
export const whatNext = ({ place, own }: Prepared, musicals: Musical[]): string => {
  const { at, logDir, portOf } = place;
  const simple = musicals.find(({ performances }) => performances.length === 1 && performances[0]!.grades.length === 1);
  const asAlice = 'curl -s -H "Authorization: Bearer $TOKEN"';
  const body = `-H 'Content-Type: application/json' -d '{"musicalId":"${simple?.id}","seats":2}'`;
  const lines = [
    `  Web        ${at.gateway}`,
    `  API        ${at.gateway}/api/docs`,
    own.simulator && `  Payments   ${at.paymentProvider} (simulated: GET /ledger, PUT /faults)`,
    own.issuer && `  Sign-in    ${at.oidc.issuer} (alice, bob, admin)`,
    own.mail && `  Mail, chat http://127.0.0.1:${portOf('mail')}`,
    `  Logs       ${logDir}`,
    '',
    'Try, in another terminal:',
    '  npm run demo',
    own.issuer && '  TOKEN=$(npm run --silent token -- alice)',
    `  curl -s ${at.gateway}/api/musicals`,
    own.issuer && simple && `  ${asAlice} ${body} ${at.gateway}/api/reservations`,
    own.issuer && `  ${asAlice} ${at.gateway}/api/mypage`,
    '  npm run audit',
    '',
    'Ctrl-C stops everything.',
  ];
  return lines.filter((line) => typeof line === 'string').join('\n');
};
