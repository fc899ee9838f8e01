import { logTail } from '../servers/daemon';

/** A line of a service's log as a person reads it: of a JSON line its message and error, of any other the line itself. */
export const readable = (line: string): string => {
  try {
    const { level, msg, message, err } = JSON.parse(line) as Record<string, unknown> & { err?: { message?: string } };
    const text = [msg ?? message, err?.message].filter((part) => typeof part === 'string').join(': ');
    return text ? `${LEVELS[String(level)] ?? String(level)} ${text}` : line;
  } catch {
    return line;
  }
};

const LEVELS: Record<string, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** The last lines of a log, readable and indented. */
export const logLines = (file: string, lines: number): string =>
  logTail(file, lines)
    .split('\n')
    .map((line) => `  ${readable(line)}`)
    .join('\n');
