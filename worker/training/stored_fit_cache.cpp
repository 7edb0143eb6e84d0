#include "worker/training/stored_fit_cache.hpp"

#include <nlohmann/json.hpp>

namespace trainyard::training {
namespace {

using forecast::FitOutcome;
using nlohmann::json;

std::size_t bytes_of(const FitOutcome& outcome) {
  std::size_t values = outcome.forecast.mean.size();
  for (const auto& interval : outcome.forecast.intervals)
    values += 2 * interval.lower.size();
  if (const auto& told = outcome.explanation) {
    values += told->expected.values.size() + told->saved.size() / sizeof(double);
    for (const auto& part : told->parts)
      values += part.values.size();
  }
  return 256 + outcome.description.size() + values * sizeof(double);
}

// Longer ones cost more to share than the fit that makes them anew.
constexpr std::size_t shared_explanation_max = 1U << 20;

json to_json(const forecast::Explanation& told) {
  json parts = json::array();
  for (const auto& [name, values] : told.parts)
    parts.push_back({{"name", name}, {"values", values}});
  return {{"first", told.expected.first},
          {"expected", told.expected.values},
          {"parts", std::move(parts)},
          {"saved", told.saved}};
}

forecast::Explanation explanation_from(const json& told) {
  forecast::Explanation explanation{
      .expected = {.first = told.at("first"), .values = told.at("expected")},
      .saved = told.at("saved")};
  for (const auto& part : told.at("parts"))
    explanation.parts.push_back({.name = part.at("name"), .values = part.at("values")});
  return explanation;
}

// Doubles survive the way through JSON bit by bit: they are written in their shortest exact form.
std::string to_text(const FitOutcome& outcome) {
  json intervals = json::array();
  for (const auto& interval : outcome.forecast.intervals) {
    intervals.push_back(
        {{"level", interval.level}, {"lower", interval.lower}, {"upper", interval.upper}});
  }
  json text{{"description", outcome.description},
            {"mean", outcome.forecast.mean},
            {"intervals", std::move(intervals)}};
  if (outcome.explanation && bytes_of(outcome) <= shared_explanation_max)
    text["explanation"] = to_json(*outcome.explanation);
  return text.dump();
}

std::optional<FitOutcome> from_text(const std::string& text) {
  const auto parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  try {
    FitOutcome outcome{.forecast = {.mean = parsed.at("mean")},
                       .description = parsed.at("description")};
    for (const auto& interval : parsed.at("intervals")) {
      outcome.forecast.intervals.push_back({.level = interval.at("level"),
                                            .lower = interval.at("lower"),
                                            .upper = interval.at("upper")});
    }
    if (const auto told = parsed.find("explanation"); told != parsed.end())
      outcome.explanation = std::make_shared<forecast::Explanation>(explanation_from(*told));
    return outcome;
  } catch (const json::exception&) {
    return std::nullopt;  // another version's, or damaged: as good as none
  }
}

}  // namespace

std::optional<FitOutcome> StoredFitCache::find(std::string_view key) {
  if (const auto found = index_.find(std::string(key)); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().second;
  }
  if (!is_shared()) return std::nullopt;
  const auto text = artifacts_->get(folder_ + "/" + std::string(key));
  if (!text) return std::nullopt;
  auto outcome = from_text(*text);
  if (outcome) keep(key, *outcome);
  return outcome;
}

void StoredFitCache::store(std::string_view key, const FitOutcome& outcome) {
  keep(key, outcome);
  if (is_shared()) (void)artifacts_->put(folder_ + "/" + std::string(key), to_text(outcome));
}

void StoredFitCache::keep(std::string_view key, const FitOutcome& outcome) {
  const auto bytes = bytes_of(outcome);
  if (bytes > bytes_max_ || index_.contains(std::string(key))) return;
  entries_.emplace_front(key, outcome);
  index_[std::string(key)] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    bytes_ -= bytes_of(entries_.back().second);
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

}  // namespace trainyard::training
