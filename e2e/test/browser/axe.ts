import axe from 'axe-core';
import type { Page } from 'playwright-core';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };

interface Look {
  colorScheme: 'light' | 'dark';
  viewport: { width: number; height: number };
}

/** How a page is looked at: `briefly` only where most differs. */
const LOOKS: Record<'thoroughly' | 'briefly', Look[]> = {
  thoroughly: (['light', 'dark'] as const).flatMap((colorScheme) =>
    [DESKTOP, PHONE].map((viewport) => ({ colorScheme, viewport })),
  ),
  briefly: [
    { colorScheme: 'light', viewport: DESKTOP },
    { colorScheme: 'dark', viewport: PHONE },
  ],
};

/** Fails with every violation that axe-core finds on the page as it is, and when it is wider than the screen. */
export async function expectAccessible(page: Page, how: keyof typeof LOOKS = 'thoroughly'): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const { colorScheme, viewport } of LOOKS[how]) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const name = `${new URL(page.url()).pathname}, ${colorScheme}, ${viewport.width} px`;
    found[name] = [...(await violations(page)), ...(await tooWide(page))];
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(DESKTOP);
  expect(Object.fromEntries(Object.entries(found).filter(([, faults]) => faults.length > 0))).toEqual({});
}

/** In a world of its own: our CSP lets no script into the page's. */
async function violations(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await devtools.send('Page.getFrameTree');
    const { executionContextId: contextId } = await devtools.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
    });
    const evaluate = async (expression: string) => {
      const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
        ...{ expression, contextId, awaitPromise: true, returnByValue: true },
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value as unknown;
    };
    await evaluate(`${axe.source}; undefined`);
    const found = await evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => [id, help, target.join(' '), failureSummary.replace(/\\s+/g, ' ')].join(' | '))))`,
    );
    return found as string[];
  } finally {
    await devtools.detach();
  }
}

const tooWide = async (page: Page): Promise<string[]> => {
  const over = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return over > 0 ? [`scrolls ${over} px to the side`] : [];
};
