import { describe, expect, it } from "vitest";
import { toError } from "../src/lib/api";
import {
  eventWord,
  formatAgo,
  formatBytes,
  formatDuration,
  formatMetric,
  formatNumber,
  formatPeriod,
  metricOf,
} from "../src/lib/format";
import { checkForm, guessForm, toRequest } from "../src/lib/launch_form";
import { bandPath, linearScale, linePath, niceTicks, pickEvenly } from "../src/lib/scale";

describe("figures", () => {
  it("have the precision that their size deserves", () => {
    expect(formatNumber(5.2)).toBe("5.20");
    expect(formatNumber(0.0412)).toBe("0.041");
    expect(formatNumber(1234.56)).toBe("1,235");
    expect(formatNumber(3.2e12)).toBe("3.20e+12");
    expect(formatNumber(null)).toBe("–");
    expect(formatNumber(Number.NaN)).toBe("–");
    expect(formatMetric("mape", 5.2)).toBe("5.20 %");
    expect(formatMetric("rmse", 5.2)).toBe("5.20");
  });

  it("read as durations, ages and sizes", () => {
    expect(formatDuration(0.42)).toBe("420 ms");
    expect(formatDuration(4.21)).toBe("4.2 s");
    expect(formatDuration(59.7)).toBe("1 min 00 s");
    expect(formatDuration(3725)).toBe("1 h 02 min");
    const now = Date.parse("2026-01-20T15:30:00Z");
    expect(formatAgo("2026-01-20T15:29:58Z", now)).toBe("just now");
    expect(formatAgo("2026-01-20T12:30:00Z", now)).toBe("3 h ago");
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(999_999)).toBe("1.0 MB");
    expect(formatPeriod("2026-01-01T00:00:00Z")).toBe("2026-01-01");
    expect(eventWord("JOB_RETRYING")).toBe("Retrying");
  });

  it("of an auto job are those of its best model", () => {
    expect(metricOf({ ets: { mape: 7 }, theta: { mape: 5 } }, "auto", "mape")).toBe(5);
    expect(metricOf({ ets: { mape: 7 }, theta: { mape: 5 } }, "ets", "mape")).toBe(7);
    const chosen = { ets: { mape: 7, is_best: true as const }, theta: { mape: 5 } };
    expect(metricOf(chosen, "auto", "mape")).toBe(7);
    expect(metricOf(null, "ets", "mape")).toBeNull();
  });
});

describe("chart scales", () => {
  it("map linearly and put a single value in the middle", () => {
    expect(linearScale([0, 10], [100, 0])(5)).toBe(50);
    expect(linearScale([3, 3], [100, 0])(3)).toBe(50);
  });

  it("have round ticks that cover the values", () => {
    expect(niceTicks(0.3, 9.7, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(niceTicks(5, 5, 4).length).toBeGreaterThan(1);
    expect(niceTicks(Number.NaN, 1, 4)).toEqual([]);
  });

  it("break lines where a value is missing", () => {
    expect(
      linePath([
        { x: 0, y: 1 },
        { x: 1, y: null },
        { x: 2, y: 3 },
      ]),
    ).toBe("M0.0 1.0M2.0 3.0");
    expect(bandPath([])).toBe("");
    expect(bandPath([{ x: 0, low: 1, high: 2 }])).toBe("M0.0 2.0L0.0 1.0Z");
    expect(pickEvenly(10, 3)).toEqual([0, 4, 8]);
  });
});

describe("problems", () => {
  it("carry the server's words", () => {
    const error = toError(422, '{"detail":"row 3 is short","row":3,"hint":"quote commas"}');
    expect(error.message).toBe("row 3 is short");
    expect(error.problem.row).toBe(3);
  });

  it("survive an answer that is not the server's", () => {
    expect(toError(502, "<html>Bad gateway").message).toContain("502");
  });
});

describe("the launch form", () => {
  const data = { data_path: "/d.parquet", rows: 9, columns: ["unique_id", "ds", "y", "promo"] };

  it("guesses the columns by their usual names", () => {
    expect(guessForm(data)).toMatchObject({
      timeCol: "ds",
      targetCol: "y",
      segmentCol: "unique_id",
    });
  });

  it("names the field that is wrong", () => {
    const form = { ...guessForm(data), horizon: "0", models: [], targetCol: "ds" };
    expect(Object.keys(checkForm(form)).sort()).toEqual(["horizon", "models", "target_col"]);
    expect(checkForm(guessForm(data))).toEqual({});
  });

  it("leaves out what was not chosen", () => {
    const request = toRequest(data, { ...guessForm(data), segmentCol: "" });
    expect(request.config).toEqual({
      data_path: "/d.parquet",
      time_col: "ds",
      target_col: "y",
      horizon: 12,
    });
  });
});
