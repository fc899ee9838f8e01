import { runMain, stopOnSignals } from '../http/serve';
import { startSimulator } from './start';

runMain(async () => {
  const { PORT = '8090', HOST, DATA_DIR = '.outerpark/simulator', PUBLIC_URL } = process.env;
  const simulator = await startSimulator({ port: Number(PORT), host: HOST, dataDir: DATA_DIR, publicUrl: PUBLIC_URL });
  stopOnSignals(simulator.stop);
  console.log(JSON.stringify({ level: 'info', message: `The payment provider simulator listens at ${simulator.url}` }));
});
