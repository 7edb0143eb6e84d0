import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { openBrowser, openPage, reasonToSkip } from "./support/browser.mjs";
import { retailCsv, Server } from "./support/server.mjs";

const longName = "Australian Capital Territory|Cafes; restaurants and catering services";
const segments = [longName, "Victoria|Department stores", "Queensland|Liquor retailing"];
const models = ["seasonal_naive", "theta"];

const skip = await reasonToSkip();

describe("the page", { skip }, () => {
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

  const cells = (status) => page.locator(`.cell[data-status="${status}"]`);
  const connection = (word) => page.locator(".connection", { hasText: word });
  const status = (word) => page.locator(".title .status", { hasText: word });
  const count = async (locator, number) => {
    await locator.nth(number - 1).waitFor();
    assert.equal(await locator.count(), number);
  };

  async function trainedBatch() {
    const data = await server.upload(retailCsv(segments));
    return server.call("POST", "/api/v2/batches", {
      config: {
        data_path: data.data_path,
        time_col: "ds",
        target_col: "y",
        segment_col: "unique_id",
        horizon: 12,
      },
      models,
    });
  }

  test("fills the matrix in while jobs run, without being asked again", async () => {
    const batch = await server.sleepingBatch(["a", "b", "c"], ["naive", "theta"], 1500);
    await page.goto(`${server.url}/batches/${batch.batch_id}`);
    await connection("Live").waitFor();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await cells("running").first().waitFor();
    await cells("running").first().locator(".cell-bar").waitFor();
    await count(cells("completed"), 6);
    await status("Completed").waitFor();
    assert.equal(await page.locator(".batch-percent").innerText(), "100 %");
    assert.deepEqual(asked, []);
  });

  test("launches an uploaded file and marks the best model of each segment", async () => {
    await page.goto(`${server.url}/launch`);
    await page.setInputFiles("input[type=file]", {
      name: "retail.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(retailCsv(segments)),
    });
    await page.getByText("180 rows").waitFor();
    assert.equal(await page.inputValue("#time_col"), "ds");
    assert.equal(await page.inputValue("#target_col"), "y");
    assert.equal(await page.inputValue("#segment_col"), "unique_id");
    for (const model of ["xgboost", "ets", "ensemble"]) {
      await page.getByRole("checkbox", { name: model, exact: true }).uncheck();
    }
    await page.getByRole("button", { name: "Launch" }).click();
    await page.waitForURL(/\/batches\/[0-9a-f-]{36}$/);
    await count(cells("completed"), segments.length * models.length);
    await count(page.locator(".cell[data-best]"), segments.length);
    const figure = await cells("completed").first().innerText();
    assert.match(figure, /\d+\.\d+/);
  });

  test("shows a job's forecast with its interval, metrics and timeline", async () => {
    const batch = await trainedBatch();
    await page.goto(`${server.url}/batches/${batch.batch_id}`);
    const cell = page.getByRole("gridcell", { name: `${longName}, theta: Completed` });
    await cell.click();
    const panel = page.getByRole("complementary", { name: "Job" });
    await panel.getByRole("heading", { name: longName }).waitFor();
    await panel.getByRole("link", { name: "Open the job's page" }).click();
    await page.getByRole("heading", { level: 1, name: longName }).waitFor();
    const path = (name) => page.getByTestId(name).getAttribute("d");
    await page.getByTestId("forecast").waitFor({ state: "attached" }); // may be a flat line
    assert.equal((await path("forecast")).match(/[ML]/g).length, 12);
    assert.equal((await path("interval")).match(/[ML]/g).length, 24);
    assert.equal((await path("history")).match(/[ML]/g).length, 60);
    await page.getByRole("rowheader", { name: "theta" }).waitFor();
    await page.locator(".timeline li", { hasText: "Completed" }).waitFor();
    await page.locator(".log li", { hasText: "theta: mape" }).waitFor();
    await page.getByText("Forecast as a table").click();
    const table = page.locator("details", { hasText: "Forecast as a table" });
    assert.equal(await table.locator("tbody tr").count(), 12);
  });

  test("shows the forecast of each segment of a job that has several", async () => {
    const data = await server.upload(retailCsv(segments));
    const job = await server.call("POST", "/api/v2/jobs?submit=true", {
      config: {
        data_path: data.data_path,
        time_col: "ds",
        target_col: "y",
        segment_col: "unique_id",
        horizon: 12,
        models,
      },
    });
    await page.goto(`${server.url}/jobs/${job.job_id}`);
    await page.locator(".title code", { hasText: "seasonal_naive, theta" }).waitFor();
    const segment = page.getByLabel("Segment");
    await segment.waitFor();
    assert.deepEqual(await segment.locator("option").allTextContents(), segments.toSorted());
    const forecast = page.locator("details", { hasText: "Forecast as a table" });
    await forecast.getByText("Forecast as a table").click();
    const first = await forecast.locator("tbody").innerText();
    await segment.selectOption(segments[1]);
    await forecast.getByText("Forecast as a table").click();
    assert.notEqual(await forecast.locator("tbody").innerText(), first);
  });

  test("marks anomalies and draws the components of the best model", async () => {
    const rows = Array.from({ length: 48 }, (_, i) => {
      const date = `${2020 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}-01`;
      const usual = 200 + 2 * i + 60 * Math.sin((i / 6) * Math.PI) + ((i * 7) % 5);
      return `${date},${i === 30 ? usual + 100 : usual}`;
    });
    const data = await server.upload(`ds,y\n${rows.join("\n")}\n`);
    const batch = await server.call("POST", "/api/v2/batches", {
      config: { data_path: data.data_path, horizon: 6, level: [80, 95] },
      models: ["theta"],
    });
    await page.goto(`${server.url}/jobs/${batch.jobs[0].job_id}`);
    const anomalies = page.getByRole("region", { name: "Anomalies" });
    const odd = anomalies.getByRole("row", { name: "2022-07-01" });
    assert.match(await odd.innerText(), /too high/);
    const listed = await anomalies.locator("tbody tr").count();
    assert.equal(await page.getByTestId("anomaly").count(), listed);
    const components = page.getByRole("region", { name: "Components" });
    const names = await components.locator("figcaption").allInnerTexts();
    assert.deepEqual(
      names.map((name) => name.split("\n")[0]),
      ["level", "trend", "season 12", "remainder"],
    );
    for (const path of await components.getByTestId("component").all())
      assert.equal((await path.getAttribute("d")).match(/[ML]/g).length, 48);
    assert.match(
      await page.getByTestId("coverage").innerText(),
      /Of 18 values .* in its 80 % intervals, .* in its 95 % intervals/,
    );
    const found = page.getByRole("region", { name: "Data quality" });
    assert.match(await found.innerText(), /2022-07-01/);
    await page.getByText("Backtest of theta, origin by origin").click();
    const fold = page.getByRole("row", { name: "2022-06-01" });
    assert.match(await fold.innerText(), /^2022-06-01\s+30\s+[\d.]+ %/);
  });

  test("names the models that could not be fitted, with the reason", async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `2020-${String(i + 1).padStart(2, "0")}-01,${i}`);
    const data = await server.upload(`ds,y\n${rows.join("\n")}\n`);
    const job = await server.call("POST", "/api/v2/jobs?submit=true", {
      config: { data_path: data.data_path, horizon: 2, models: ["naive", "seasonal_naive"] },
    });
    await page.goto(`${server.url}/jobs/${job.job_id}`);
    const failed = page.getByRole("list", { name: "Models that could not be fitted" });
    assert.match(await failed.innerText(), /seasonal_naive could not be fitted: .* 13 observations/);
  });

  test("keeps its state over a refresh, even while the server cannot be reached", async () => {
    const batch = await trainedBatch();
    await page.goto(`${server.url}/batches/${batch.batch_id}`);
    await count(cells("completed"), 6);
    await page.getByPlaceholder("Find a segment").fill("victoria");
    await count(cells("completed"), 2);
    await page.route("**/api/**", (route) => route.abort());
    await page.reload();
    await count(cells("completed"), 2);
    assert.equal(await page.getByPlaceholder("Find a segment").inputValue(), "victoria");
    await page.unroute("**/api/**");
  });

  test("shows what a job writes while somebody looks at it", async () => {
    const job = await server.call("POST", "/api/v2/jobs", { config: { drill: "say:6000" } });
    await page.goto(`${server.url}/jobs/${job.job_id}`);
    await connection("Live").waitFor();
    await page.getByText("Nothing yet.").waitFor();
    await server.call("POST", `/api/v2/jobs/${job.job_id}/submit`);
    await page.locator(".log li", { hasText: /line 6000$/ }).waitFor();
    await page.getByText("1001 older lines are not shown.").waitFor();
    const log = page.locator(".log");
    assert.ok(await log.evaluate((box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 2));
  });

  test("cancels a job and says when it has stopped", async () => {
    const batch = await server.sleepingBatch(["only"], ["theta"], 120_000);
    await page.goto(`${server.url}/jobs/${batch.jobs[0].job_id}`);
    await status("Running").waitFor();
    await page.getByRole("button", { name: "Cancel job" }).click();
    await page.getByRole("button", { name: "Really cancel?" }).click();
    await status("Cancelled").waitFor();
    await page.locator(".timeline li", { hasText: "Cancelled" }).waitFor();
  });

  test("shows what is wrong with an upload, and where", async () => {
    await page.goto(`${server.url}/launch`);
    await page.setInputFiles("input[type=file]", {
      name: "ragged.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("unique_id,ds,y\na,2020-01-01,1\na,2020-02-01,2,3\n"),
    });
    const alert = page.locator(".upload-error");
    await alert.waitFor();
    assert.match(await alert.innerText(), /(row|line) 3/i);
    assert.equal(await page.getByRole("button", { name: "Launch" }).count(), 0);
  });

  test("names the field that is wrong before and after asking the server", async () => {
    await page.goto(`${server.url}/launch`);
    await page.setInputFiles("input[type=file]", {
      name: "retail.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(retailCsv(segments)),
    });
    await page.locator("#horizon").fill("0");
    await page.getByRole("button", { name: "Launch" }).click();
    await page.locator("#horizon-note.field-error").waitFor();
    await page.locator("#horizon").fill("12");
    await page.route("**/api/v2/batches", (route) =>
      route.fulfill({
        status: 422,
        contentType: "application/problem+json",
        body: JSON.stringify({ detail: "column 'y' has text", field: "target_col", row: 7 }),
      }),
    );
    await page.getByRole("button", { name: "Launch" }).click();
    const note = page.locator("#target_col-note.field-error");
    await note.waitFor();
    assert.match(await note.innerText(), /column 'y' has text/);
  });

  test("moves through the matrix by keyboard and closes the panel with Escape", async (t) => {
    const names = Array.from({ length: 60 }, (_, i) => `segment ${i}`);
    const batch = await server.sleepingBatch(names, ["naive", "theta"], 60_000);
    t.after(() => server.call("POST", `/api/v2/batches/${batch.batch_id}/cancel`));
    await page.goto(`${server.url}/batches/${batch.batch_id}`);
    await page.getByRole("gridcell", { name: "segment 0, naive" }).focus();
    for (const key of ["ArrowRight", "Control+End", "ArrowLeft"]) await page.keyboard.press(key);
    const last = page.getByRole("gridcell", { name: "segment 59, naive" });
    await last.and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("complementary", { name: "Job" }).waitFor();
    await page.keyboard.press("Escape");
    await last.and(page.locator(":focus")).waitFor();
  });

  test("comes back by itself after the server restarted", async (t) => {
    if (!server.isOurs) return t.skip("the server is not ours to restart");
    const batch = await server.sleepingBatch(["a"], ["naive", "theta"], 2000);
    await page.goto(`${server.url}/batches/${batch.batch_id}`);
    await connection("Live").waitFor();
    await server.halt();
    await connection("Reconnecting").waitFor();
    await server.resume();
    await connection("Live").waitFor();
    await count(cells("completed"), 2);
    await status("Completed").waitFor();
  });
});
