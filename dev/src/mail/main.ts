import { runMain, stopOnSignals } from '../http/serve';
import { startMailInbox } from './start';

runMain(async () => {
  const { PORT = '8092', SMTP_PORT = '8093', HOST, CHAT_WEBHOOK_SECRET } = process.env;
  const inbox = await startMailInbox({
    port: Number(PORT),
    smtpPort: Number(SMTP_PORT),
    host: HOST,
    chatSecret: CHAT_WEBHOOK_SECRET,
  });
  stopOnSignals(inbox.stop);
  console.log(
    JSON.stringify({ level: 'info', message: `The mail inbox listens at ${inbox.url} and ${inbox.smtpUrl}` }),
  );
});
