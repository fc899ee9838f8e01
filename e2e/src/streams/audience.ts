import { Agent, get, type IncomingMessage } from 'node:http';
import type { MyPageChange } from '@outerpark/contracts/http/mypage';

/** Customers who all look at My page, each with a connection of their own. */
export interface Audience {
  /** How many have been shown their page. */
  shown(): number;
  /** How many streams have ended or could not be had. */
  lost(): number;
  /** What was told on whose stream after the page, and when it came (milliseconds since 1970). */
  told: { customer: number; change: MyPageChange; came: number }[];
  leave(): void;
}

const AT_ONCE = 100;

/** Opens the streams, some at a time; resolves when every one is answered. Throws when one is refused. */
export async function openStreams(gateway: string, tokens: string[]): Promise<Audience> {
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  const told: Audience['told'] = [];
  const answers: IncomingMessage[] = [];
  let [shown, lost, next] = [0, 0, 0];

  const open = (customer: number) =>
    new Promise<void>((resolve, reject) => {
      const headers = { authorization: `Bearer ${tokens[customer]!}`, accept: 'text/event-stream' };
      get(`${gateway}/api/mypage/stream`, { agent, headers }, (answer) => {
        if (answer.statusCode !== 200) return reject(new Error(`stream ${customer} was answered ${answer.statusCode}`));
        answers.push(answer);
        answer.once('close', () => (lost += 1)).on('error', () => undefined);
        readEvents(answer, (event, data) => {
          if (event === 'snapshot') shown += 1;
          else told.push({ customer, change: JSON.parse(data) as MyPageChange, came: Date.now() });
        });
        resolve();
      }).on('error', reject);
    });
  const some = async () => {
    while (next < tokens.length) await open(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return {
    shown: () => shown,
    lost: () => lost,
    told,
    leave: () => answers.forEach((answer) => answer.destroy()),
  };
}

/** Tells each event with its data; comments are none. */
function readEvents(answer: IncomingMessage, tell: (event: string, data: string) => void): void {
  let rest = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const [, event] = /^event: (.*)$/m.exec(block) ?? [];
      const [, data] = /^data: (.*)$/m.exec(block) ?? [];
      if (event !== undefined && data !== undefined) tell(event, data);
    }
  });
}
