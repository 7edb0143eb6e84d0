#include "worker/training/insight_json.hpp"

#include "worker/forecast/dates.hpp"

#include <algorithm>

namespace trainyard::training {
namespace {

using nlohmann::json;

json number(const std::optional<double>& value) {
  return value ? json(*value) : json(nullptr);
}

json last_of(const std::vector<double>& values, std::size_t count) {
  return std::vector(values.end() - static_cast<std::ptrdiff_t>(count), values.end());
}

// One per period from `begin` on.
json expected_from(const models::InSample& expected, std::size_t begin, std::size_t end) {
  json values = json::array();
  for (auto period = begin; period < end; ++period) {
    const bool is_known =
        period >= expected.first && period - expected.first < expected.values.size();
    values.push_back(is_known ? json(expected.values[period - expected.first]) : json(nullptr));
  }
  return values;
}

}  // namespace

json anomalies_json(const forecast::Anomalies& anomalies) {
  std::vector<TimePoint> times;
  for (const auto& anomaly : anomalies.listed)
    times.push_back(anomaly.date);
  const auto dates = forecast::format_dates(times);
  json listed = json::array();
  for (std::size_t i = 0; i < dates.size(); ++i) {
    const auto& anomaly = anomalies.listed[i];
    listed.push_back({{"ds", dates[i]},
                      {"value", anomaly.value},
                      {"expected", anomaly.expected},
                      {"score", anomaly.score},
                      {"direction", anomaly.score > 0 ? "high" : "low"}});
  }
  return {{"threshold", anomalies.threshold},
          {"judged", anomalies.judged},
          {"spread", number(anomalies.spread)},
          {"count", anomalies.count},
          {"listed", std::move(listed)},
          {"reason", anomalies.unjudged.empty() ? json(nullptr) : json(anomalies.unjudged)}};
}

json explanation_json(const forecast::SegmentOutcome& outcome, std::size_t shown) {
  const auto& insight = outcome.insight;
  const auto& scores = insight.anomalies.scores;
  shown = std::min(shown, scores.size());
  const auto begin = scores.size() - shown;
  json score = json::array();
  for (auto period = begin; period < scores.size(); ++period)
    score.push_back(number(scores[period]));
  json components = json::array();
  for (const auto& [part, mean_absolute, variance_share] : insight.influences) {
    components.push_back({{"name", part.name},
                          {"values", last_of(part.values, shown)},
                          {"mean_absolute", mean_absolute},
                          {"variance_share", number(variance_share)}});
  }
  return {{"model", outcome.best_model},
          {"expected", expected_from(insight.expected, begin, scores.size())},
          {"score", std::move(score)},
          {"components", std::move(components)}};
}

std::string explanation_text(const forecast::SegmentOutcome& outcome,
                             const forecast::PreparedSeries& series) {
  auto explanation = explanation_json(outcome, series.y.size());
  explanation["segment"] = outcome.segment;
  explanation["ds"] = forecast::format_dates(series.dates(0, series.y.size()));
  explanation["y"] = series.y;
  return explanation.dump();
}

}  // namespace trainyard::training
