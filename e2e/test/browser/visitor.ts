import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { DESKTOP } from './axe';

export type Account = 'alice' | 'bob' | 'admin';

/** Somebody with a browser of their own: cookies, storage, language, and an eye on what goes wrong in it. */
export interface Visitor {
  /** For the names of files. */
  name: string;
  context: BrowserContext;
  page: Page;
  /** All that the console has said. */
  console: string[];
  /** Opens a path of the gateway. */
  goes(path: string): Promise<void>;
  /** At the issuer's page, and lands on the path. */
  signsIn(account: Account, path?: string): Promise<void>;
  /** Errors of the console that belong to the story, such as the answer 409. */
  forgives(error: RegExp): void;
  /** Throws when the page had an error, a violation of its CSP among them. */
  expectNoErrors(): void;
}

export interface VisitorSettings {
  name?: string;
  /** The browser's language. */
  locale?: string;
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
}

/** Far from the venue, whose zone is the one that the pages have to show. */
const TIME_ZONE = 'America/New_York';
const PATIENCE_MS = 20_000;
/** What other programs do to this machine's interfaces, such as starting a container, Chromium tells everybody. */
const NOT_OURS = /ERR_NETWORK_CHANGED/;

export async function createVisitor(
  browser: Browser,
  origin: string,
  { name = 'visitor', locale = 'en-US', viewport = DESKTOP, colorScheme = 'light' }: VisitorSettings = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    ...{ baseURL: origin, locale, viewport, colorScheme, timezoneId: TIME_ZONE, reducedMotion: 'reduce' },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const [console, errors, forgiven]: [string[], string[], RegExp[]] = [[], [], []];
  const hear = (message: ConsoleMessage) => {
    const line = `${message.type()}: ${message.text()} (${message.location().url})`;
    console.push(line);
    if (message.type() === 'error') errors.push(line);
  };
  page.on('console', hear);
  page.on('pageerror', (error) => {
    console.push(`uncaught: ${error.stack ?? error.message}`);
    errors.push(`uncaught: ${error.message}`);
  });

  return {
    ...{ name, context, page, console },
    goes: async (path) => void (await page.goto(path)),
    signsIn: async (account, path = '/') => {
      await page.goto(`/auth/login?return=${encodeURIComponent(path)}`);
      await page.getByRole('button', { name: new RegExp(`^${account}`, 'i') }).click();
      await page.waitForURL(origin + path);
    },
    forgives: (error) => void forgiven.push(error),
    expectNoErrors: () => {
      expect(errors.filter((line) => ![NOT_OURS, ...forgiven].some((pattern) => pattern.test(line)))).toEqual([]);
    },
  };
}
