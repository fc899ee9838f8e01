import { runMain, stopOnSignals } from '../http/serve';
import { startSimulator } from './start';

runMain(async () => {
  const { PORT = '8090', DATA_DIR = '.outerpark/simulator' } = process.env;
  const simulator = await startSimulator({ port: Number(PORT), dataDir: DATA_DIR });
  stopOnSignals(simulator.stop);
  console.log(JSON.stringify({ level: 'info', message: `The payment provider simulator listens at ${simulator.url}` }));
});
