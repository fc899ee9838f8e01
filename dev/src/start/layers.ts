import { type Kept, keepRunning, type Listeners } from './keep-running';
import type { Part } from './part';
import { step } from './terminal';

/** In this order everything is stopped: what is in front first, what the others need last. */
const ORDER = ['gateway', 'services', 'helpers', 'kafka', 'postgres'] as const;
export type Layer = (typeof ORDER)[number];

/** What runs, by its layer. `signal` ends starts that are under way. */
export const createLayers = (listeners: Listeners, signal: AbortSignal) => {
  const layers = new Map<Layer, Kept[]>(ORDER.map((layer) => [layer, []]));
  const giveUp = new AbortController();
  const halt = AbortSignal.any([signal, giveUp.signal]);
  return {
    /** Starts parts at once and returns when all are ready. When one fails, the others give up, and its failure is the one that is told. */
    start: async (parts: { layer: Layer; part: Part }[]): Promise<void> => {
      let failure: { error: unknown } | undefined;
      const startOne = async (layer: Layer, part: Part): Promise<void> => {
        try {
          layers.get(layer)!.push(await step(part.name, part.address, () => keepRunning(part, listeners, halt)));
        } catch (error) {
          failure ??= { error };
          giveUp.abort();
        }
      };
      await Promise.all(parts.map(({ layer, part }) => startOne(layer, part)));
      if (failure) throw failure.error;
    },

    stopAll: async (): Promise<void> => {
      giveUp.abort();
      for (const kept of layers.values()) await Promise.all(kept.map((one) => one.stop()));
    },
  };
};
