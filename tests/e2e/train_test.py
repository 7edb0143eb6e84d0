"""The main job at the terminal: what it takes, what it refuses and how it says so."""

import json
import signal
import subprocess
import time
import unittest

from support import BINARY, ROOT, TerminalTest, monthly, seasonal


class TakenInput(TerminalTest):
    def assert_forecast(self, file, *flags, segments=1, **kwargs):
        done = self.train(file, *flags, **kwargs)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        best = self.rows("best.csv")
        self.assertEqual(len(best), 6 * segments)
        return best

    def test_lists_what_the_best_model_did_not_see_coming(self):
        values = seasonal(60)
        values[30] += 500
        self.assert_forecast(self.write(monthly("a", values)), "--backtest-window", "sliding",
                             "--backtest-size", "36", "--anomaly-threshold", "5")
        found = self.rows("anomalies.csv")
        self.assertEqual(found[0]["ds"], "2017-07-01")
        self.assertEqual(found[0]["direction"], "high")
        self.assertGreater(float(found[0]["score"]), 5)

    def test_tells_what_was_found_in_the_data_and_done_about_it(self):
        values = seasonal(60)
        values[20] = None
        values[30] += 500
        file = self.write(monthly("a", values))
        done = self.train(file, models=None)
        said = [row["warning"] for row in self.rows("warnings.csv")]
        self.assertIn("1 of 60 periods had no value: filled by straight lines", said)
        self.assertTrue(any("1 outlier" in warning for warning in said), said)
        for warning in said:
            self.assertIn(warning, done.stdout)
        machine = json.loads(self.train(file, "--json", models=None).stdout)
        self.assertEqual(machine["segments"][0]["warnings"], said)

    def test_tells_each_backtest_origin_and_what_the_best_model_is_made_of(self):
        self.assert_forecast(self.write(monthly("a", seasonal(60))), "--windows", "4")
        origins = [row["origin"] for row in self.rows("backtest.csv") if row["model"] == "naive"]
        self.assertEqual(origins, ["2017-12-01", "2018-06-01", "2018-12-01", "2019-06-01"])
        parts = self.rows("components.csv")
        self.assertEqual({row["component"] for row in parts}, {"level", "season 12", "remainder"})
        self.assertAlmostEqual(sum(float(row["variance_share"]) for row in parts), 100)

    def test_names_a_backtest_window_that_does_not_exist(self):
        file = self.write(monthly("a", seasonal(60)))
        done = self.train(file, "--backtest-window", "rolling")
        self.assertEqual(done.returncode, 2)
        self.assertIn("use one of expanding, sliding", done.stderr)

    def test_infers_everything_but_the_horizon(self):
        best = self.assert_forecast(self.write(monthly("a", seasonal(60))))
        self.assertEqual([row["ds"][:10] for row in best],
                         [f"2020-{month:02}-01" for month in range(1, 7)])
        metrics = self.rows("metrics.csv")
        self.assertEqual({row["model"] for row in metrics}, {"seasonal_naive", "naive"})
        self.assertEqual(list(metrics[0]), ["segment", "model", "mape", "smape", "mase", "rmse",
                                            "mae", "coverage", "status", "reason"])
        self.assertEqual(list(best[0]), ["segment", "model", "ds", "yhat", "yhat_lower",
                                         "yhat_upper", "level"])

    def test_chooses_among_its_models_when_none_is_named(self):
        best = self.assert_forecast(self.write(monthly("a", seasonal(60))), models=None)
        tried = {row["model"] for row in self.rows("metrics.csv")}
        self.assertLess({"seasonal_naive", "ets", "theta"}, tried)
        self.assertIn(best[0]["model"], tried)
        self.assertEqual({row["model"] for row in self.rows("forecast.csv")}, tried)

    def test_takes_a_byte_order_mark(self):
        self.assert_forecast(self.write(monthly("a", seasonal(48)), encoding="utf-8-sig"))

    def test_takes_windows_line_ends(self):
        self.assert_forecast(self.write(monthly("a", seasonal(48)), end="\r\n"))

    def test_takes_semicolons(self):
        rows = [row.replace(",", ";") for row in monthly("a", seasonal(48))]
        self.assert_forecast(self.write(rows, header="unique_id;ds;y"))

    def test_takes_a_constant_series(self):
        best = self.assert_forecast(self.write(monthly("a", [5] * 48)))
        self.assertEqual({float(row["yhat"]) for row in best}, {5.0})

    def test_takes_all_zeros(self):
        best = self.assert_forecast(self.write(monthly("a", [0] * 48)))
        self.assertEqual({float(row["yhat"]) for row in best}, {0.0})

    def test_takes_missing_values_as_gaps(self):
        values = seasonal(60)
        values[17] = None
        self.assert_forecast(self.write(monthly("a", values)))

    def test_takes_unsorted_dates(self):
        rows = monthly("a", seasonal(48))
        best = self.assert_forecast(self.write(rows[::-1]))
        self.assertEqual(best[0]["ds"][:10], "2019-01-01")

    def test_takes_columns_under_other_names(self):
        rows = monthly("a", seasonal(48))
        file = self.write(rows, header="shop,when,amount")
        self.assert_forecast(file, "--time", "when", "--target", "amount", "--segment", "shop",
                             "--frequency", "monthly")

    def test_two_levels_give_two_bands(self):
        self.assert_forecast(self.write(monthly("a", seasonal(48))), "--level", "80,95")
        levels = {row["level"] for row in self.rows("forecast.csv")}
        self.assertEqual(levels, {"80", "95"})
        self.assertEqual({row["level"] for row in self.rows("best.csv")}, {"80"})

    def test_prints_json_for_machines(self):
        done = self.train(self.write(monthly("a", seasonal(48))), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["segments"][0]["segment_id"], "a")


class RefusedInput(TerminalTest):
    def assert_refused(self, file, *words, flags=(), **kwargs):
        done = self.train(file, *flags, **kwargs)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_ragged_row(self):
        rows = monthly("a", seasonal(48))
        rows[30] += ",extra"
        self.assert_refused(self.write(rows), "32")

    def test_invalid_utf8(self):
        rows = monthly("caf\u00e9", seasonal(48))
        self.assert_refused(self.write(rows, encoding="latin-1"), "UTF-8")

    def test_bad_date(self):
        rows = monthly("a", seasonal(48))
        rows[10] = "a,2015-13-45,3"
        self.assert_refused(self.write(rows), "ds", "12")

    def test_text_in_the_target(self):
        rows = monthly("a", seasonal(48))
        rows[10] = "a,2015-11-01,many"
        self.assert_refused(self.write(rows), "y", "12")

    def test_unknown_column(self):
        file = self.write(monthly("a", seasonal(48)))
        self.assert_refused(file, "revenue", flags=["--target", "revenue"])

    def test_horizon_of_nothing_and_of_a_million(self):
        file = self.write(monthly("a", seasonal(48)))
        self.assert_refused(file, "horizon", horizon="0")
        self.assert_refused(file, "10000", horizon="1000000")

    def test_unknown_model_lists_those_that_exist(self):
        file = self.write(monthly("a", seasonal(48)))
        self.assert_refused(file, "oracle", "theta", models="oracle")

    def test_missing_file(self):
        self.assert_refused(self.path / "nowhere.csv", "nowhere.csv")

    def test_empty_file(self):
        file = self.path / "empty.csv"
        file.write_bytes(b"")
        self.assert_refused(file, "empty", "header")


class OneBadSegment(TerminalTest):
    def assert_fails_alone(self, bad_rows, word):
        done = self.train(self.write(monthly("good", seasonal(48)) + bad_rows))
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertEqual({row["segment"] for row in self.rows("best.csv")}, {"good"})
        bad = [row for row in self.rows("metrics.csv") if row["segment"] == "bad"]
        self.assertTrue(bad)
        for row in bad:
            self.assertEqual(row["status"], "failed")
            self.assertIn(word, row["reason"])

    def test_duplicate_dates(self):
        rows = monthly("bad", seasonal(48))
        self.assert_fails_alone([*rows, rows[5]], "2015-06-01")

    def test_a_single_row(self):
        self.assert_fails_alone(monthly("bad", [3]), "1")


class Interruption(TerminalTest):
    def test_ctrl_c_cancels_cleanly(self):
        rows = [row for n in range(300) for row in monthly(f"s{n}", seasonal(240), 1990)]
        process = subprocess.Popen(
            [BINARY, "train", str(self.write(rows)), "--horizon", "12", "--output",
             str(self.output), "--models", "ets,theta,xgboost"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment(),
            cwd=self.path)
        for line in process.stdout:  # progress has begun
            if "%" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)


class MainJob(TerminalTest):
    def test_fifty_segments_by_five_models(self):
        file = ROOT / "deploy/data/retail_turnover_monthly.csv"
        started = time.monotonic()
        done = self.train(file, "--metric", "smape", horizon="12",
                          models="seasonal_naive,ets,theta,xgboost,ensemble")
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        print(f"main job: {time.monotonic() - started:.1f} s")
        metrics = self.rows("metrics.csv")
        self.assertEqual(len(metrics), 250)
        self.assertEqual({row["status"] for row in metrics}, {"completed"})
        self.assertEqual(len(self.rows("forecast.csv")), 250 * 12)
        self.assertEqual(len(self.rows("best.csv")), 50 * 12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
