#include "worker/forecast/quality_warnings.hpp"

#include "worker/forecast/dates.hpp"
#include "worker/forecast/unusual_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace trainyard::forecast {
namespace {

constexpr std::int64_t zero_run_min = 3;
constexpr const char* additive_only =
    "no season, trend or error is multiplied unless a model was told to";
constexpr std::int64_t odd_share = 20;  // one in so many negative values is odd, more are usual

std::string counted(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string placed(const DatedValues& found) {
  const auto dates = format_dates(found.first);
  const bool is_all = found.count == static_cast<std::int64_t>(dates.size());
  return fmt::format("{}{}", fmt::join(dates, ", "), is_all ? "" : ", …");
}

void judge_gaps(const DataQuality& quality, std::vector<std::string>& warnings) {
  if (quality.interpolated > 0) {
    const bool are_most = quality.interpolated * 2 > quality.periods;
    warnings.push_back(fmt::format("{} of {} had no value{}: filled by straight lines",
                                   quality.interpolated, counted(quality.periods, "period"),
                                   are_most ? " (more than half)" : ""));
  }
  if (quality.leading_gaps > 0) {
    warnings.push_back(fmt::format("{} before the first value: left out",
                                   counted(quality.leading_gaps, "empty period")));
  }
  if (quality.trailing_gaps > 0) {
    warnings.push_back(
        fmt::format("{} after the last value: left out, the forecast begins right after that value",
                    counted(quality.trailing_gaps, "empty period")));
  }
}

void judge_zeros(const DataQuality& quality, std::vector<std::string>& warnings) {
  const auto& found = quality.findings;
  if (found.demand && (found.demand->pattern == DemandPattern::intermittent ||
                       found.demand->pattern == DemandPattern::lumpy)) {
    warnings.push_back(fmt::format(
        "the demand is {}: {} of {} values are zero, one demand in {:.2f} periods, CV² of the "
        "demands {:.2f}; "
        "outliers were not looked for; croston, sba and tsb are made for such series",
        to_string(found.demand->pattern), found.zeros, quality.periods - quality.interpolated,
        found.demand->interval, found.demand->variation));
  }
  const auto run_min = std::max(zero_run_min, found.inner_zeros + 1);
  if (found.leading_zeros >= run_min) {
    warnings.push_back(
        fmt::format("the first {} values are zero and were kept: if nothing could be sold yet, "
                    "leave them out",
                    found.leading_zeros));
  }
  if (found.trailing_zeros >= run_min) {
    warnings.push_back(fmt::format(
        "the last {} values are zero and were kept: if they are not known yet, leave them out",
        found.trailing_zeros));
  }
}

void judge_unusual(const DataQuality& quality, std::vector<std::string>& warnings) {
  const auto& found = quality.findings;
  const auto values = quality.periods - quality.interpolated;
  if (found.negatives.count > 0 && found.negatives.count * odd_share <= values) {
    warnings.push_back(fmt::format(
        "{} below zero ({}), kept as found: check for returns or signs; {}",
        counted(found.negatives.count, "value"), placed(found.negatives), additive_only));
  } else if (found.negatives.count > 0) {
    warnings.push_back(fmt::format("{} of {} values are below zero: {}", found.negatives.count,
                                   values, additive_only));
  }
  if (found.outliers.count > 0) {
    warnings.push_back(fmt::format(
        "{} far from what trend and season suggest ({}), kept as found: correct or empty what is "
        "wrong",
        counted(found.outliers.count, "outlier"), placed(found.outliers)));
  }
  if (found.level_shifts.count > 0) {
    warnings.push_back(
        fmt::format("{} ({}), nothing was changed: if the time before is of no use, leave it out",
                    counted(found.level_shifts.count, "sudden change") + " of level",
                    placed(found.level_shifts)));
  }
}

}  // namespace

std::vector<std::string> warnings_of(const DataQuality& quality) {
  std::vector<std::string> warnings;
  if (quality.periods < static_cast<std::int64_t>(unusual_values_min)) {
    warnings.push_back(fmt::format(
        "only {} periods: outliers and level shifts were not looked for, and intervals are rough",
        quality.periods));
  }
  if (quality.is_zero) {
    warnings.emplace_back("all values are zero");
  } else if (quality.is_constant) {
    warnings.emplace_back("all values are the same");
  }
  judge_gaps(quality, warnings);
  if (!quality.is_zero) judge_zeros(quality, warnings);
  judge_unusual(quality, warnings);
  return warnings;
}

}  // namespace trainyard::forecast
