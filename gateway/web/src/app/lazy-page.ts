import { lazy, type ComponentType } from 'react';

/** A page that could not be had so soon after it was loaded would not be had by loading it once more. */
const JUST_LOADED_MS = 10_000;

/**
 * A page that is loaded when it is first gone to. After a deploy the server has no longer what this tab would load, so the tab is
 * loaded anew, with the version of now; without a server the error stands, and its page offers another try.
 */
export const lazyPage = (load: () => Promise<{ default: ComponentType }>) =>
  lazy(() => load().catch((error: unknown) => loadAnew(error)));

async function loadAnew(error: unknown): Promise<never> {
  if (performance.now() < JUST_LOADED_MS) throw error;
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store', headers: { accept: 'text/html' } }).catch(
    () => undefined,
  );
  if (!answer?.ok) throw error;
  window.location.reload();
  return new Promise(() => undefined);
}
