import { beforeEach, describe, expect, it, vi } from "vitest";
import { LiveConnection, type Socket } from "../src/live/connection";

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  isClosed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.isClosed = true;
  }
  says(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let sockets: FakeSocket[];
let connection: LiveConnection;
const handler = () => ({ onSnapshot: vi.fn(), onEvent: vi.fn() });

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  connection = new LiveConnection({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    pauseMinMs: 100,
    pauseMaxMs: 1000,
    pingMs: 5000,
    random: () => 1,
  });
  connection.start();
});

describe("the live connection", () => {
  it("subscribes when it opens and hands on snapshots and events", () => {
    const topic = handler();
    connection.subscribe("job:1", topic);
    sockets[0]?.onopen?.();
    expect(sockets[0]?.sent).toEqual([{ op: "subscribe", id: 1, topic: "job:1" }]);
    const position = { epoch: "e", offset: 1 };
    sockets[0]?.says({ op: "subscribed", id: 1, topic: "job:1", position, snapshot: { a: 1 } });
    sockets[0]?.says({
      op: "event",
      topic: "job:1",
      position,
      type: "job.started",
      data: { b: 2 },
    });
    expect(topic.onSnapshot).toHaveBeenCalledWith({ a: 1 });
    expect(topic.onEvent).toHaveBeenCalledWith("job.started", { b: 2 });
  });

  it("comes back and asks for what it missed", () => {
    connection.subscribe("mine", handler());
    sockets[0]?.onopen?.();
    sockets[0]?.says({
      op: "event",
      topic: "mine",
      position: { epoch: "e", offset: 7 },
      type: "t",
      data: {},
    });
    sockets[0]?.onclose?.();
    expect(connection.state).toBe("down");
    vi.advanceTimersByTime(100);
    sockets[1]?.onopen?.();
    expect(sockets[1]?.sent[0]).toMatchObject({ since: { epoch: "e", offset: 7 } });
    expect(connection.state).toBe("live");
  });

  it("waits longer after every failure, up to a limit", () => {
    for (const pause of [100, 200, 400, 800, 1000, 1000]) {
      const before = sockets.length;
      sockets[before - 1]?.onclose?.();
      vi.advanceTimersByTime(pause - 1);
      expect(sockets.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(sockets.length).toBe(before + 1);
    }
  });

  it("comes back when a closing server asked it to", () => {
    sockets[0]?.onopen?.();
    sockets[0]?.says({ op: "closing", reason: "shutdown", retry_after_ms: 700 });
    sockets[0]?.onclose?.();
    vi.advanceTimersByTime(699);
    expect(sockets.length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(sockets.length).toBe(2);
  });

  it("gives up a connection that answers no ping", () => {
    sockets[0]?.onopen?.();
    vi.advanceTimersByTime(5000);
    expect(sockets[0]?.sent).toEqual([{ op: "ping" }]);
    vi.advanceTimersByTime(5000);
    expect(sockets[0]?.isClosed).toBe(true);
    expect(connection.state).toBe("down");
  });

  it("stops hearing of a topic it left", () => {
    const topic = handler();
    const leave = connection.subscribe("job:1", topic);
    sockets[0]?.onopen?.();
    leave();
    sockets[0]?.says({ op: "event", topic: "job:1", position: {}, type: "t", data: {} });
    expect(topic.onEvent).not.toHaveBeenCalled();
    expect(sockets[0]?.sent[1]).toEqual({ op: "unsubscribe", topic: "job:1" });
  });

  it("survives what is not JSON", () => {
    sockets[0]?.onopen?.();
    sockets[0]?.onmessage?.({ data: "<html>" });
    expect(connection.state).toBe("live");
  });
});
