// What the page last knew, kept in the browser so that a refresh shows something at once. A copy
// only: the server's answer always replaces it, and anything unreadable is dropped.

const prefix = "trainyard:";
const entriesMax = 12;
const charactersMax = 3_000_000;

interface Entry {
  at: number;
  value: unknown;
}

function storage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined; // refused by the browser's settings
  }
}

function keysOldestFirst(store: Storage): string[] {
  const found: { key: string; at: number }[] = [];
  for (let i = 0; i < store.length; ++i) {
    const key = store.key(i);
    if (!key?.startsWith(prefix)) continue;
    // Every entry begins with its time, so the rest need not be parsed.
    const at = Number(/^\{"at":(\d+)/.exec(store.getItem(key) ?? "")?.[1] ?? 0);
    found.push({ key, at });
  }
  return found.sort((a, b) => a.at - b.at).map((each) => each.key);
}

export function readCache<T>(name: string): T | undefined {
  const text = storage()?.getItem(prefix + name);
  if (!text) return undefined;
  try {
    return (JSON.parse(text) as Entry).value as T;
  } catch {
    return undefined;
  }
}

export function writeCache(name: string, value: unknown): void {
  const store = storage();
  if (!store) return;
  const text = JSON.stringify({ at: Date.now(), value } satisfies Entry);
  if (text.length > charactersMax) return;
  // The oldest make room: first down to the number kept, then as many as it takes.
  const old = keysOldestFirst(store).filter((key) => key !== prefix + name);
  while (old.length >= entriesMax) store.removeItem(old.shift() ?? "");
  for (;;) {
    try {
      store.setItem(prefix + name, text);
      return;
    } catch {
      const oldest = old.shift();
      if (oldest === undefined) return;
      store.removeItem(oldest);
    }
  }
}

export function dropCache(name: string): void {
  storage()?.removeItem(prefix + name);
}

// Another user's records are none of this one's business.
export function forgetEverything(): void {
  const store = storage();
  if (store) for (const key of keysOldestFirst(store)) store.removeItem(key);
}
