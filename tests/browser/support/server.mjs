import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

// The server under test: the executable named by TRAINYARD_TEST_BINARY in standalone mode with a
// directory of its own, or one that already runs at TRAINYARD_TEST_URL.

const readyMs = 30_000;

function environment(settings) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("TRAINYARD_"));
  return {
    ...Object.fromEntries(clean),
    TRAINYARD_DRILLS_ALLOWED: "true",
    TRAINYARD_LOG_LEVEL: "error",
    ...settings,
  };
}

export class Server {
  static async start(settings = {}) {
    const url = process.env.TRAINYARD_TEST_URL;
    if (url) return new Server(url.replace(/\/$/, ""));
    const server = new Server(undefined, settings);
    server.directory = await mkdtemp(join(tmpdir(), "trainyard-browser-"));
    await server.run("0");
    return server;
  }

  constructor(url, settings = {}) {
    this.url = url;
    this.settings = settings;
  }

  get isOurs() {
    return this.directory !== undefined;
  }

  async run(port) {
    const binary = process.env.TRAINYARD_TEST_BINARY;
    const flags = ["standalone", "--port", port, "--data-dir", this.directory];
    this.child = spawn(binary, flags, {
      stdio: ["ignore", "pipe", "inherit"],
      env: environment(this.settings),
      cwd: this.directory,
    });
    this.exited = once(this.child, "exit");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), readyMs);
    for await (const line of createInterface({ input: this.child.stdout })) {
      const found = /listening on (http:\/\/\S+)/.exec(line);
      if (!found) continue;
      clearTimeout(timer);
      this.url = found[1];
      this.child.stdout.resume();
      return;
    }
    throw new Error(`${binary} ended, or was not listening within ${readyMs} ms`);
  }

  // A new key of this server's.
  async key(user, role = "member") {
    const flags = ["keys", "create", "--user", user, "--role", role, "--data-dir", this.directory];
    const run = promisify(execFile);
    const options = { env: environment(this.settings) };
    return (await run(process.env.TRAINYARD_TEST_BINARY, flags, options)).stdout.trim();
  }

  async halt() {
    this.child.kill("SIGTERM");
    await this.exited;
  }

  // Back at the same address, with the same data.
  async resume() {
    await this.run(new URL(this.url).port);
  }

  async stop() {
    if (!this.isOurs) return;
    await this.halt();
    await rm(this.directory, { recursive: true, force: true });
  }

  async call(method, path, body, type = "application/json") {
    const answer = await fetch(this.url + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": type },
      body: body === undefined || type !== "application/json" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  upload(csv) {
    return this.call("POST", "/api/v2/data/upload", csv, "text/csv");
  }

  // Jobs that only pretend to work, for `ms` each.
  sleepingBatch(segments, models, ms) {
    return this.call("POST", "/api/v2/batches", {
      config: { drill: `sleep:${ms}`, segment_col: "unique_id" },
      segments,
      models,
    });
  }
}

// Monthly series with a trend and a season.
export function retailCsv(segments, months = 60) {
  const lines = ["unique_id,ds,y"];
  for (const [at, segment] of segments.entries()) {
    for (let i = 0; i < months; ++i) {
      const month = String((i % 12) + 1).padStart(2, "0");
      const season = 10 * Math.sin(((i % 12) / 12) * 2 * Math.PI);
      const value = 100 * (at + 1) + i + season + ((i * 7) % 5);
      lines.push(`${segment},${2018 + Math.floor(i / 12)}-${month}-01,${value.toFixed(2)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
