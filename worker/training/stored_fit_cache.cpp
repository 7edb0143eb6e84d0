#include "worker/training/stored_fit_cache.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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

constexpr std::chrono::milliseconds always_spent{100};

// Bit by bit and without a figure being written out: fits are shared by the thousand.
json blob(const std::vector<double>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(double));
  std::ranges::copy(std::as_bytes(std::span(values)),
                    std::as_writable_bytes(std::span(bytes)).begin());
  return json::binary(std::move(bytes));
}

std::vector<double> values_of(const json& blob) {
  const auto bytes = std::as_bytes(std::span(blob.get_binary()));
  std::vector<double> values(bytes.size() / sizeof(double));
  const auto into = std::as_writable_bytes(std::span(values));
  std::ranges::copy(bytes.first(into.size()), into.begin());
  return values;
}

json to_json(const forecast::Explanation& told) {
  json parts = json::array();
  for (const auto& [name, values] : told.parts)
    parts.push_back({{"name", name}, {"values", blob(values)}});
  return {{"first", told.expected.first},
          {"expected", blob(told.expected.values)},
          {"parts", std::move(parts)},
          {"saved", told.saved}};
}

forecast::Explanation explanation_from(const json& told) {
  forecast::Explanation explanation{
      .expected = {.first = told.at("first"), .values = values_of(told.at("expected"))},
      .saved = told.at("saved")};
  for (const auto& part : told.at("parts"))
    explanation.parts.push_back({.name = part.at("name"), .values = values_of(part.at("values"))});
  return explanation;
}

// As CBOR.
std::string to_bytes(const FitOutcome& outcome) {
  json intervals = json::array();
  for (const auto& [level, lower, upper] : outcome.forecast.intervals)
    intervals.push_back({{"level", level}, {"lower", blob(lower)}, {"upper", blob(upper)}});
  json fit{{"description", outcome.description},
           {"mean", blob(outcome.forecast.mean)},
           {"intervals", std::move(intervals)}};
  if (outcome.explanation && bytes_of(outcome) <= shared_explanation_max)
    fit["explanation"] = to_json(*outcome.explanation);
  std::string bytes;
  json::to_cbor(fit, bytes);
  return bytes;
}

std::optional<FitOutcome> from_bytes(const std::string& bytes) {
  const auto fit = json::from_cbor(bytes, true, false);
  if (fit.is_discarded()) return std::nullopt;
  try {
    FitOutcome outcome{.forecast = {.mean = values_of(fit.at("mean"))},
                       .description = fit.at("description")};
    for (const auto& interval : fit.at("intervals")) {
      outcome.forecast.intervals.push_back({.level = interval.at("level"),
                                            .lower = values_of(interval.at("lower")),
                                            .upper = values_of(interval.at("upper"))});
    }
    if (const auto told = fit.find("explanation"); told != fit.end())
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
  if (!is_shared() || !sharing_.finds_any) return std::nullopt;
  const auto bytes = artifacts_->get(sharing_.folder + "/" + std::string(key));
  if (!bytes) return std::nullopt;
  auto outcome = from_bytes(*bytes);
  if (outcome) keep(key, *outcome);
  return outcome;
}

void StoredFitCache::store(std::string_view key, const FitOutcome& outcome) {
  keep(key, outcome);
  if (is_shared()) put(key, outcome);
}

// A store that is far away is slower than many a fit.
void StoredFitCache::put(std::string_view key, const FitOutcome& outcome) {
  const auto begun = std::chrono::steady_clock::now();
  if (begun < sharing_.from) return;
  if (spent_ > always_spent + (begun - sharing_.from) * sharing_.share_max) return;
  (void)artifacts_->put(sharing_.folder + "/" + std::string(key), to_bytes(outcome));
  spent_ += std::chrono::steady_clock::now() - begun;
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
