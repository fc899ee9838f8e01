import { useState } from 'react';
import { failureIn, type Failure } from './failure';
import { mayPass } from './query-client';

/** A UUID; `crypto.randomUUID` exists on https and localhost only. */
export const newKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** Whether what was asked for may have been done, or may still be: to ask again under the same key finds it out. */
export const isUnsettled = ({ kind, status }: Failure): boolean => mayPass(status) || kind === 'request-in-flight';

/** The Idempotency-Keys of what a person wants to have done once. */
export interface Intention {
  /** The same key for the same request as long as its outcome is not known. */
  keyFor: (request: unknown) => string;
  /** Told of every outcome: after a definite answer, the next request is another intention. */
  settled: (error: unknown) => void;
}

interface Current {
  request: string;
  key: string;
}

/** Where the intention under way is kept. */
interface Place {
  get: () => Current | undefined;
  set: (current: Current | undefined) => void;
}

export const makeIntention = (place: Place = inMemory(), makeKey: () => string = newKey): Intention => ({
  keyFor: (request) => {
    const written = JSON.stringify(request);
    const current = place.get();
    if (current?.request === written) return current.key;
    const key = makeKey();
    place.set({ request: written, key });
    return key;
  },
  settled: (error) => {
    if (!error || !isUnsettled(failureIn(error))) place.set(undefined);
  },
});

const inMemory = (): Place => {
  let current: Current | undefined;
  return { get: () => current, set: (next) => (current = next) };
};

const inTab = (name: string): Place => ({
  get: () => JSON.parse(sessionStorage.getItem(name) ?? 'null') as Current | undefined,
  set: (next) => (next ? sessionStorage.setItem(name, JSON.stringify(next)) : sessionStorage.removeItem(name)),
});

/**
 * `onSettled: (_, error) => intention.settled(error)` of the mutation whose call has `key: intention.keyFor(request)`. With a name it
 * lives as long as the tab, also over a reload.
 */
export const useIntention = (name?: string): Intention =>
  useState(() => makeIntention(name === undefined ? undefined : inTab(`outerpark.intention.${name}`)))[0];
