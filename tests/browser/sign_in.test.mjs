import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openBrowser, openPage, reasonToSkip } from "./support/browser.mjs";
import { Server } from "./support/server.mjs";

const skip =
  (await reasonToSkip()) ?? (process.env.TRAINYARD_TEST_URL ? "needs its own server" : false);

describe("signing in", { skip }, () => {
  let server;
  let browser;

  before(async () => {
    server = await Server.start({ TRAINYARD_AUTH_MODE: "required" });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  test("asks for a key, refuses a wrong one, and shows the user's page live with a good one", async () => {
    const key = await server.key("ada");
    const page = await openPage(browser);
    await page.goto(`${server.url}/`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("API key or token").fill("ty_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("API key or token").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor({ state: "detached" });
    // The WebSocket is let in by the same cookie.
    await page.locator(".connection", { hasText: "Live" }).waitFor();
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.reload();
    await page.locator(".connection", { hasText: "Live" }).waitFor();
    await page.context().close();
  });
});
