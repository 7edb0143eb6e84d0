import { access } from "node:fs/promises";
import { chromium } from "playwright-core";

const executablePath = process.env.TRAINYARD_TEST_CHROMIUM ?? "/usr/bin/chromium";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Why the tests cannot run here; undefined when they can.
export async function reasonToSkip() {
  if (!process.env.TRAINYARD_TEST_URL && !process.env.TRAINYARD_TEST_BINARY) {
    return missing("neither TRAINYARD_TEST_BINARY nor TRAINYARD_TEST_URL is set");
  }
  try {
    await access(executablePath);
  } catch {
    return missing(`there is no browser at ${executablePath}`);
  }
  return undefined;
}

function missing(reason) {
  if (process.env.TRAINYARD_TEST_REQUIRE_SERVICES === "1") throw new Error(reason);
  return reason;
}

export async function openBrowser() {
  return chromium.launch({ executablePath, args });
}

// A page of its own profile that fails the test on any script error or refused resource.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.scriptErrors = [];
  page.on("pageerror", (error) => page.scriptErrors.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) page.scriptErrors.push(message.text());
  });
  return page;
}
