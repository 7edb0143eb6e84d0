import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBrowser, openPage, reasonToSkip } from "./support/browser.mjs";
import { Server } from "./support/server.mjs";

const skip = await reasonToSkip();

describe("the page of the API", { skip }, () => {
  let server;
  let browser;

  before(async () => {
    server = await Server.start();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("draws every endpoint, asks nobody else and lets one be tried", async () => {
    const page = await openPage(browser);
    const elsewhere = [];
    page.on("request", (request) => {
      const ours = [server.url, "data:"].some((start) => request.url().startsWith(start));
      if (!ours) elsewhere.push(request.url());
    });
    await page.goto(`${server.url}/docs`);
    await page.locator(".opblock").first().waitFor();
    const described = await server.call("GET", "/openapi.json");
    const endpoints = Object.values(described.paths).flatMap(Object.keys).length;
    assert.equal(await page.locator(".opblock").count(), endpoints);
    const health = page.locator("#operations-server-getHealth");
    await health.locator(".opblock-summary-control").click();
    await health.locator(".try-out__btn").click();
    await health.locator(".execute").click();
    await health.locator(".live-responses-table", { hasText: '"ok"' }).waitFor();
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(page.scriptErrors, []);
    await page.context().close();
  });
});
