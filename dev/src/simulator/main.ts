import { runMain, stopOnSignals } from '../http/serve';
import { startSimulator } from './start';

runMain(async () => {
  const { PORT = '8090', HOST, DATA_DIR = '.outerpark/simulator', PUBLIC_URL } = process.env;
  const { WEBHOOK_URL, WEBHOOK_SECRET } = process.env;
  const webhook = WEBHOOK_URL && WEBHOOK_SECRET ? { url: () => WEBHOOK_URL, secret: WEBHOOK_SECRET } : undefined;
  const at = { port: Number(PORT), host: HOST, dataDir: DATA_DIR, publicUrl: PUBLIC_URL };
  const simulator = await startSimulator({ ...at, webhook });
  stopOnSignals(simulator.stop);
  console.log(JSON.stringify({ level: 'info', message: `The payment provider simulator listens at ${simulator.url}` }));
});
