import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Customer } from '../customer';
import { startSystem, type System, type SystemOptions } from '../system';
import { requireBuiltWeb } from './built-web';
import { launchChromium } from './chromium';
import { createVisitor, type Visitor, type VisitorSettings } from './visitor';

/** What a scene plays with. */
export interface Stage {
  system: System;
  /** The same people by the API, to prepare a scene and to count what it did. */
  api: Record<'alice' | 'bob' | 'admin', Customer>;
  /** Somebody comes with a browser of their own. */
  enters(settings?: VisitorSettings): Promise<Visitor>;
}

/**
 * One system and one browser for all scenes of a file. A scene is a test that also fails by an error in a console; what its visitors
 * had on their screens and consoles when it failed is kept in a folder that the message names.
 */
export function theatre(options: SystemOptions = {}) {
  let system: System;
  let browser: Browser;
  let api: Stage['api'];

  beforeAll(async () => {
    requireBuiltWeb();
    [browser, system] = await Promise.all([launchChromium(), startSystem({ ...options, signIn: true })]);
    const [alice, bob, admin] = await Promise.all(['alice', 'bob', 'admin'].map(system.customer));
    api = { alice: alice!, bob: bob!, admin: admin! };
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await system?.shutDown();
  }, 60_000);

  return (name: string, play: (stage: Stage) => Promise<void>, limitMs = 240_000): void =>
    test(
      name,
      async () => {
        const visitors: Visitor[] = [];
        const enters = async (settings: VisitorSettings = {}) => {
          const fallback = `visitor-${visitors.length + 1}`;
          const visitor = await createVisitor(browser, system.gatewayUrl, { name: fallback, ...settings });
          visitors.push(visitor);
          return visitor;
        };
        try {
          await play({ system, api, enters });
          for (const visitor of visitors) visitor.expectNoErrors();
        } catch (cause) {
          const folder = await keepEvidence(visitors);
          throw new Error(`${(cause as Error).message}\n\nScreens and consoles: ${folder}`, { cause });
        } finally {
          await Promise.all(visitors.map(({ context }) => context.close()));
          await system.faults();
        }
      },
      limitMs,
    );
}

async function keepEvidence(visitors: Visitor[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'outerpark-browser-'));
  for (const { name, page, console } of visitors) {
    writeFileSync(join(folder, `${name}.log`), [page.url(), ...console, ''].join('\n'));
    // A page that has crashed has no screen.
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true }).catch(() => undefined);
  }
  return folder;
}
