import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openBrowser, openPage, reasonToSkip } from "./support/browser.mjs";
import { Server } from "./support/server.mjs";

const skip = await reasonToSkip();
const drill = (what) => ({ drill: what, segment_col: "unique_id" });

describe("what starts by itself, and what failed", { skip }, () => {
  let server;
  let browser;
  let page;

  before(async () => {
    server = await Server.start();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    page = await openPage(browser);
  });
  afterEach(async () => {
    const { scriptErrors } = page;
    await page.context().close();
    assert.deepEqual(scriptErrors, []);
  });

  const row = (text) => page.locator("li.told", { hasText: text });

  test("shows a pipeline's steps with the reasons, and retries it", async () => {
    await server.call("POST", "/api/v2/pipelines", {
      name: "nightly",
      steps: [
        { name: "bronze", config: drill("fail:data"), segments: ["a"], models: ["naive"] },
        { name: "silver", after: ["bronze"], config: drill("noop"), segments: ["a"] },
      ],
    });
    await page.goto(`${server.url}/automation`);
    await row("nightly").getByText("step 'bronze' failed").waitFor();
    const answered = page.waitForResponse((answer) => answer.url().endsWith("/retry"));
    await row("nightly").getByRole("button", { name: "Retry what failed" }).click();
    const { steps } = await (await answered).json();
    assert.deepEqual(
      steps.map((step) => step.status),
      ["running", "waiting"],
    );
  });

  test("pauses and resumes a schedule, and says when it is next", async () => {
    await server.call("PUT", "/api/v2/schedules/monthly", {
      cron: "0 4 1 * *",
      timezone: "Europe/Berlin",
      config: { data_path: "a.csv", horizon: 3 },
    });
    await page.goto(`${server.url}/automation`);
    await row("monthly").getByText(/^next /).waitFor();
    await row("monthly").getByRole("button", { name: "Pause" }).click();
    await row("monthly").getByText("paused").waitFor();
    await row("monthly").getByRole("button", { name: "Resume" }).click();
    await row("monthly").getByText(/^next /).waitFor();
  });

  test("redrives all failed jobs that match, with an edited config", async () => {
    const batch = await server.call("POST", "/api/v2/batches", {
      config: drill("fail:config"),
      segments: ["x", "y", "z"],
      models: ["naive"],
    });
    await page.goto(`${server.url}/failed?category=config`);
    const all = page.getByRole("button", { name: "Redrive all 3 matching" });
    await all.waitFor();
    await page.getByRole("textbox", { name: /Change in the config/ }).fill("{");
    await page.getByText("Expected a JSON object").waitFor();
    await page.getByRole("textbox", { name: /Change in the config/ }).fill('{"drill": "noop"}');
    await all.click();
    await page.getByRole("button", { name: "Yes, all 3" }).click();
    await page.getByText("3 redriven").waitFor();
    await page.getByText("No failed jobs match").waitFor();
    const { status } = await server.call("GET", `/api/v2/batches/${batch.batch_id}`);
    assert.ok(["running", "completed"].includes(status), status);
  });
});
