// Stands in for a service where the supervisor is tested: ready at once, ends when asked to, dies when told to.
const { createServer } = require('node:http');

const say = (msg) => console.log(JSON.stringify({ level: 30, msg }));
if (process.env.STUB_FAILS && __dirname.includes(process.env.STUB_FAILS)) {
  say('no database');
  process.exit(3);
}
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(7);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end(JSON.stringify({ items: [{ id: 'm', name: 'm', performances: [] }], next: null }));
});
server.listen(Number(process.env.PORT), process.env.HOST, () => say('listening'));
process.on('SIGTERM', () => {
  say('stopping');
  process.exit(0);
});
