import { ApiError } from "../lib/api";
import { dropCache, readCache, writeCache } from "../lib/cache";
import type { LiveConnection } from "./connection";

// One thing on the page that stays current: shown from the browser's copy at once, read from the
// server, kept current by its topic, and read again every few seconds while there is no live
// connection. Changes are handed out once per frame, however many events come.

export interface ResourceSpec<S, Read, Event> {
  topic: string;
  cacheName: string;
  read(): Promise<Read>;
  fromRead(read: Read, known: S | undefined): S;
  apply(state: S, events: readonly Event[]): S;
  // Takes the topic's snapshot if it is the same body as read()'s; otherwise it is ignored.
  snapshotIsRead: boolean;
  toCache(state: S): Read;
  // Called for every event, also for those that change nothing here.
  onEvent?(type: string, event: Event): void;
}

export interface View<S> {
  state: S | undefined;
  error: ApiError | undefined;
  isCached: boolean; // nothing newer than the browser's copy has arrived
}

const pollMs = 3_000;
const saveMs = 5_000; // and when the page is left

export class Resource<S, Read, Event> {
  private view: View<S>;
  private pending: Event[] = [];
  private frame: number | undefined;
  private listeners = new Set<() => void>();
  private stops: (() => void)[] = [];
  private poller: ReturnType<typeof setInterval> | undefined;
  private saver: ReturnType<typeof setTimeout> | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly spec: ResourceSpec<S, Read, Event>,
    private readonly live: LiveConnection,
  ) {
    const cached = readCache<Read>(spec.cacheName);
    let state: S | undefined;
    try {
      state = cached === undefined ? undefined : spec.fromRead(cached, undefined);
    } catch {
      dropCache(spec.cacheName); // written by an older page
    }
    this.view = { state, error: undefined, isCached: state !== undefined };
  }

  readonly getView = (): View<S> => this.view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  // Reads the server's truth. Concurrent calls share one request.
  refresh(): Promise<void> {
    this.reading ??= this.spec
      .read()
      .then(
        (read) => this.take(read),
        (error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
          if (error.isNotFound) dropCache(this.spec.cacheName);
          const state = error.isNotFound ? undefined : this.view.state;
          this.set({ ...this.view, state, error });
        },
      )
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private start(): void {
    void this.refresh();
    const { spec, live } = this;
    const save = () => this.save();
    window.addEventListener("pagehide", save);
    this.stops = [
      () => window.removeEventListener("pagehide", save),
      live.subscribe(spec.topic, {
        onSnapshot: (snapshot) => {
          if (spec.snapshotIsRead) this.take(snapshot as Read);
          else void this.refresh();
        },
        onEvent: (type, data) => {
          spec.onEvent?.(type, data as Event);
          this.pending.push(data as Event);
          this.frame ??= requestFrame(() => this.flush());
        },
      }),
      live.onChange(() => this.poll()),
    ];
    this.poll();
  }

  private stop(): void {
    for (const stop of this.stops) stop();
    this.stops = [];
    clearInterval(this.poller);
    this.poller = undefined;
    if (this.frame !== undefined) cancelFrame(this.frame);
    this.frame = undefined;
    this.pending = [];
    this.save();
  }

  private poll(): void {
    if (this.live.state === "live") {
      clearInterval(this.poller);
      this.poller = undefined;
    } else {
      this.poller ??= setInterval(() => void this.refresh(), pollMs);
    }
  }

  private take(read: Read): void {
    this.flush();
    this.set({
      state: this.spec.fromRead(read, this.view.state),
      error: undefined,
      isCached: false,
    });
  }

  private flush(): void {
    if (this.frame !== undefined) cancelFrame(this.frame);
    this.frame = undefined;
    const events = this.pending;
    this.pending = [];
    if (events.length === 0 || this.view.state === undefined) return;
    const state = this.spec.apply(this.view.state, events);
    if (state !== this.view.state) this.set({ ...this.view, state });
  }

  private set(view: View<S>): void {
    this.view = view;
    this.saver ??= setTimeout(() => this.save(), saveMs);
    for (const listener of this.listeners) listener();
  }

  private save(): void {
    clearTimeout(this.saver);
    this.saver = undefined;
    if (this.view.state !== undefined) {
      writeCache(this.spec.cacheName, this.spec.toCache(this.view.state));
    }
  }
}

// Hidden tabs get no animation frames but should still be right when they are looked at.
function requestFrame(run: () => void): number {
  return document.hidden ? window.setTimeout(run, 250) : requestAnimationFrame(run);
}

function cancelFrame(id: number): void {
  cancelAnimationFrame(id);
  clearTimeout(id);
}
