#include "worker/forecast/insight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace trainyard::forecast {
namespace {

std::shared_ptr<const Explanation> combined(std::span<const FittedMember> members,
                                            Combination combination) {
  std::vector<std::shared_ptr<const Explanation>> explanations;
  std::vector<double> weights;
  for (const auto& member : members) {
    if (!member.explanation) return std::make_shared<Explanation>();
    explanations.push_back(member.explanation);
    weights.push_back(member.weight);
  }
  if (explanations.empty()) return std::make_shared<Explanation>();
  if (explanations.size() == 1) return explanations.front();
  if (combination == Combination::median)
    return std::make_shared<Explanation>(median_of(explanations));
  return std::make_shared<Explanation>(weighted_mean_of(explanations, weights));
}

// Divided by the largest, so that squares neither overflow nor vanish.
std::vector<double> deviations(std::span<const double> values, double unit) {
  std::vector<double> result;
  for (const double value : values)
    result.push_back(value / unit);
  const double mean = std::accumulate(result.begin(), result.end(), 0.0) /
                      static_cast<double>(std::max<std::size_t>(1, result.size()));
  for (double& value : result)
    value -= mean;
  return result;
}

class Measure {
 public:
  explicit Measure(std::span<const double> y) {
    for (const double value : y)
      unit_ = std::max(unit_, std::abs(value));
    if (unit_ == 0) unit_ = 1.0;
    y_ = deviations(y, unit_);
    variance_ = std::inner_product(y_.begin(), y_.end(), y_.begin(), 0.0);
  }

  Influence of(Part part) const {
    Influence influence{.part = std::move(part)};
    const auto& values = influence.part.values;
    double sum = 0.0;
    for (const double value : values)
      sum += std::abs(value / unit_);
    influence.mean_absolute = std::min(unit_ * (sum / static_cast<double>(values.size())),
                                       std::numeric_limits<double>::max());
    if (variance_ <= rounding * static_cast<double>(y_.size())) return influence;
    const auto own = deviations(values, unit_);
    const double shared = std::inner_product(own.begin(), own.end(), y_.begin(), 0.0);
    const double share = 100.0 * shared / variance_;
    if (std::isfinite(share)) influence.variance_share = share;
    return influence;
  }

 private:
  static constexpr double rounding = 1e-24;  // of the largest value, squared

  double unit_ = 0.0;
  std::vector<double> y_;
  double variance_ = 0.0;
};

std::string name_of(const std::string& part, std::span<const std::string> covariates) {
  for (std::size_t i = 0; i < covariates.size(); ++i)
    if (part == fmt::format("covariate {}", i)) return "covariate " + covariates[i];
  return part;
}

}  // namespace

Insight insight_of(const PreparedSeries& series, std::vector<FittedMember> members,
                   const InsightQuestion& question) {
  const auto explanation = combined(members, question.combination);
  Insight insight{.members = std::move(members),
                  .expected = explanation->expected,
                  .anomalies = find_anomalies(series, explanation->expected, question.threshold)};
  const Measure measure(series.y);
  for (const auto& [name, values] : explanation->parts) {
    if (values.size() != series.y.size()) continue;
    insight.influences.push_back(measure.of({name_of(name, question.covariates), values}));
  }
  return insight;
}

}  // namespace trainyard::forecast
