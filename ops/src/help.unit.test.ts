import type { Command } from './command';
import { helpOf, helpOfAll } from './help';

const command: Command = { usage: '[--json]', about: 'Lists what is stuck', run: () => Promise.resolve(0) };

test('help lists every command with what it does, and what the exit codes mean', () => {
  const help = helpOfAll({ attention: command, replay: { ...command, about: 'Applies dead letters again' } });
  expect(help).toContain('  attention  Lists what is stuck\n  replay     Applies dead letters again\n');
  expect(help).toContain('Exit code 0: done; 1: refused; 2: somebody could not be asked.');
});

test('the help of one command says what may follow it', () => {
  expect(helpOf('attention', command)).toMatch(/^npm run ops -- attention \[--json\]\n\nLists what is stuck\n/);
});
