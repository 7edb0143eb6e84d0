#include "worker/forecast/explanation.hpp"

#include "worker/forecast/median.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trainyard::forecast {
namespace {

using models::Component;
using models::Effect;
using Members = std::span<const std::shared_ptr<const Explanation>>;

constexpr const char* remainder_name = "remainder";
constexpr double largest = std::numeric_limits<double>::max();

bool is_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

bool are_finite(std::span<const Part> parts) {
  return std::ranges::all_of(parts, [](const Part& part) { return is_finite(part.values); });
}

bool all_say(Members members, bool (*says)(const Explanation&)) {
  return std::ranges::all_of(members, [&](const auto& member) { return member && says(*member); });
}

// Over the periods for which every member expects something; `combine` makes one value of theirs.
template <class Combine>
models::InSample expected_of(Members members, const Combine& combine) {
  const auto says = [](const Explanation& member) { return !member.expected.values.empty(); };
  if (!all_say(members, says)) return {};
  models::InSample combined;
  for (const auto& member : members)
    combined.first = std::max(combined.first, member->expected.first);
  const auto end = members[0]->expected.first + members[0]->expected.values.size();
  std::vector<double> column(members.size());
  for (auto period = combined.first; period < end; ++period) {
    for (std::size_t i = 0; i < members.size(); ++i)
      column[i] = members[i]->expected.values[period - members[i]->expected.first];
    combined.values.push_back(combine(column));
  }
  return combined;
}

}  // namespace

std::vector<Part> parts_of(std::vector<Component> components) {
  std::vector<Part> parts;
  std::vector<double> level;
  const auto add = [&](Component& component) {
    for (std::size_t t = 0; t < level.size(); ++t)
      level[t] += component.values[t];
    parts.push_back({std::move(component.name), std::move(component.values)});
  };
  const auto scale = [&](Component& component) {
    for (std::size_t t = 0; t < level.size(); ++t) {
      const double factor = component.values[t];
      component.values[t] = level[t] * (factor - 1.0);
      level[t] *= factor;
    }
    parts.push_back({std::move(component.name), std::move(component.values)});
  };
  if (components.empty()) return {};
  level.assign(components.front().values.size(), 0.0);
  for (auto& component : components)
    if (component.effect == Effect::additive && component.name != remainder_name) add(component);
  for (auto& component : components)
    if (component.effect == Effect::multiplicative) scale(component);
  for (auto& component : components)
    if (component.effect == Effect::additive && component.name == remainder_name) add(component);
  return are_finite(parts) ? parts : std::vector<Part>{};
}

Explanation explain(const models::FittedModel& fitted, std::size_t observations) {
  Explanation explanation{.expected = fitted.in_sample()};
  if (!is_finite(explanation.expected.values)) explanation.expected = {};
  if (observations <= parts_max) explanation.parts = parts_of(fitted.components());
  if (auto saved = fitted.save()) explanation.saved = std::move(*saved);
  return explanation;
}

Explanation weighted_mean_of(Members members, std::span<const double> weights) {
  Explanation mean{.expected = expected_of(members, [&](std::span<const double> values) {
                     double sum = 0.0;
                     for (std::size_t i = 0; i < values.size(); ++i)
                       sum += weights[i] * values[i];
                     return std::clamp(sum, -largest, largest);
                   })};
  if (!all_say(members, [](const Explanation& member) { return !member.parts.empty(); }))
    return mean;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const auto& [name, values] : members[i]->parts) {
      auto found = std::ranges::find(mean.parts, name, &Part::name);
      if (found == mean.parts.end())
        found = mean.parts.insert(found, {name, std::vector(values.size(), 0.0)});
      for (std::size_t t = 0; t < values.size(); ++t)
        found->values[t] += weights[i] * values[t];
    }
  }
  if (!are_finite(mean.parts)) mean.parts.clear();
  // Where it stands in each member's: last.
  const auto remainder = std::ranges::find(mean.parts, remainder_name, &Part::name);
  if (remainder != mean.parts.end()) std::rotate(remainder, remainder + 1, mean.parts.end());
  return mean;
}

Explanation median_of(Members members) {
  return {.expected = expected_of(members, [](std::vector<double>& v) { return median(v); })};
}

}  // namespace trainyard::forecast
