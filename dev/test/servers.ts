interface Servers {
  dir?: string;
  stop?: () => Promise<void>;
  lifeline?: () => void;
}

const store = globalThis as { outerparkTestServers?: Servers };

/** What the global setup started, for the global teardown: the two are loaded apart in one process. */
export const servers: Servers = (store.outerparkTestServers ??= {});
