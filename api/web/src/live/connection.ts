import type { ClientMessage, Position, ServerMessage } from "../wire";

// One WebSocket for the whole page: subscribes topics, comes back after a failure with a growing
// pause, and asks for what it missed by position. Knows nothing of jobs. Not for use across tabs.

export type ConnectionState = "connecting" | "live" | "down";

export interface TopicHandler {
  onSnapshot(snapshot: unknown): void;
  onEvent(type: string, data: unknown): void;
  onRefused?(detail: string): void;
}

// Hears every event beside its topic's handler.
export type EventTap = (topic: string, type: string, data: unknown) => void;

// What a browser's WebSocket is used for, so that tests can stand in.
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface ConnectionOptions {
  open(): Socket;
  pauseMinMs?: number;
  pauseMaxMs?: number;
  pingMs?: number;
  random?: () => number;
}

interface Topic {
  handler: TopicHandler;
  position?: Position;
}

export class LiveConnection {
  private socket: Socket | undefined;
  private topics = new Map<string, Topic>();
  private listeners = new Set<() => void>();
  private taps = new Set<EventTap>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private failures = 0;
  private nextId = 1;
  private retryAfterMs: number | undefined;
  private heard = true;
  private current: ConnectionState = "connecting";

  constructor(private readonly options: ConnectionOptions) {}

  get state(): ConnectionState {
    return this.current;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // Opens the connection. Again is harmless.
  start(): void {
    if (this.socket === undefined && this.timer === undefined) this.connect();
  }

  // One handler per topic. Before start() it only waits.
  subscribe(topic: string, handler: TopicHandler): () => void {
    this.topics.set(topic, { handler });
    if (this.current === "live") this.sendSubscribe(topic);
    return () => {
      if (this.topics.get(topic)?.handler !== handler) return;
      this.topics.delete(topic);
      if (this.current === "live") this.send({ op: "unsubscribe", topic });
    };
  }

  tap(listener: EventTap): () => void {
    this.taps.add(listener);
    return () => this.taps.delete(listener);
  }

  // Now, instead of after the pause: the machine woke up or the network is back.
  retryNow(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.connect();
  }

  private connect(): void {
    let socket: Socket;
    try {
      socket = this.options.open();
    } catch {
      this.onDown();
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      this.heard = true;
      this.setState("live");
      for (const topic of this.topics.keys()) this.sendSubscribe(topic);
      this.pinger = setInterval(() => this.ping(), this.options.pingMs ?? 20_000);
    };
    socket.onmessage = ({ data }) => {
      this.heard = true;
      if (typeof data === "string") this.receive(data);
    };
    socket.onclose = () => this.onDown();
  }

  // A connection that has died without saying so answers no ping.
  private ping(): void {
    if (!this.heard) {
      this.socket?.close();
      this.onDown();
      return;
    }
    this.heard = false;
    this.send({ op: "ping" });
  }

  private onDown(): void {
    clearInterval(this.pinger);
    if (this.socket) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
      this.socket = undefined;
    }
    this.setState("down");
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.connect();
    }, this.pauseMs());
  }

  // Doubles, and is spread out, so that a restarted server does not meet all its clients at once.
  private pauseMs(): number {
    const { pauseMinMs = 400, pauseMaxMs = 15_000, random = Math.random } = this.options;
    const grown = Math.min(pauseMaxMs, pauseMinMs * 2 ** this.failures++);
    const pause = grown / 2 + (random() * grown) / 2;
    const asked = this.retryAfterMs ?? 0;
    this.retryAfterMs = undefined;
    return Math.max(pause, Math.min(asked, pauseMaxMs));
  }

  private receive(text: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      return;
    }
    if (message.op === "subscribed") {
      const topic = this.topics.get(message.topic);
      if (!topic) return;
      topic.position = message.position ?? topic.position;
      if (message.snapshot !== undefined && message.snapshot !== null) {
        topic.handler.onSnapshot(message.snapshot);
      }
    } else if (message.op === "event") {
      const topic = this.topics.get(message.topic);
      if (!topic) return;
      topic.position = message.position;
      topic.handler.onEvent(message.type, message.data);
      for (const tap of this.taps) tap(message.topic, message.type, message.data);
    } else if (message.op === "closing") {
      this.retryAfterMs = message.retry_after_ms;
    } else if (message.op === "error" && message.topic !== undefined) {
      this.topics.get(message.topic)?.handler.onRefused?.(message.detail ?? "refused");
    }
  }

  private sendSubscribe(topic: string): void {
    const since = this.topics.get(topic)?.position;
    this.send({ op: "subscribe", id: this.nextId++, topic, ...(since ? { since } : {}) });
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private setState(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}
