import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Without a sandbox, which root cannot have, and without what differs between two machines or runs. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
  '--hide-scrollbars',
];

/** Starts the Chromium of this machine, or the one at CHROMIUM. Throws a sentence that says what to do when there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find(existsSync);
  if (!executablePath) {
    throw new Error(
      'The browser tests need Chromium: install it (apt-get install chromium) or name one that is there by CHROMIUM=/path/to/it.',
    );
  }
  return chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
}
