#include "worker/models/ets/ets_pattern.hpp"

#include <string_view>

namespace trainyard::models {
namespace {

bool fits(std::string_view letter, bool multiplicative) {
  return letter == "Z" || letter == (multiplicative ? "M" : "A");
}

bool is_unstable(const EtsForm& form) {
  const bool trend = multiplies(form.trend);
  if (form.error == EtsError::additive) return trend || form.season == EtsSeason::multiplicative;
  return trend && form.season == EtsSeason::additive;
}

// Splits "MAdM" into its letters; false when it is not made of three.
bool split(std::string_view text, EtsPattern& pattern) {
  const bool damped = text.size() == 4 && text[2] == 'd';
  if (text.size() != 3 && !damped) return false;
  const auto one_of = [](char letter, std::string_view letters) {
    return letters.contains(letter);
  };
  if (!one_of(text.front(), "AMZ") || !one_of(text[1], damped ? "AMZ" : "NAMZ") ||
      !one_of(text.back(), "NAMZ"))
    return false;
  pattern.error = text.front();
  pattern.trend = text[1];
  pattern.season = text.back();
  if (damped) pattern.damped = true;
  return true;
}

}  // namespace

bool EtsPattern::matches(const EtsForm& form) const {
  if (!fits(error, form.error == EtsError::multiplicative)) return false;
  if (form.has_trend() ? !fits(trend, multiplies(form.trend)) : trend != "N" && trend != "Z")
    return false;
  if (trend == "Z" && open_trend == OpenTrend::additive && multiplies(form.trend)) return false;
  if (damped && *damped != form.is_damped()) return false;
  if (form.has_season() ? !fits(season, form.season == EtsSeason::multiplicative)
                        : season != "N" && season != "Z")
    return false;
  return combinations == Combinations::all || !is_unstable(form);
}

EtsPattern read_pattern(Hyperparameters& settings) {
  EtsPattern pattern;
  if (const auto* form = settings.json("form")) {
    if (!form->is_string() || !split(form->get<std::string>(), pattern))
      settings.refuse("form",
                      "expected error A, M or Z, trend N, A, Ad, M, Md or Z, and season N, "
                      "A, M or Z in one word, as in \"MAdM\" or \"ZZZ\"");
  }
  if (settings.json("damped") != nullptr) {
    const bool damped = settings.flag("damped", false);
    if (pattern.damped.value_or(damped) != damped)
      settings.refuse("damped", "the form has a damped trend: leave this out, or its d");
    if (damped && pattern.trend == "N")
      settings.refuse("damped", "the form has no trend to damp: leave this out");
    pattern.damped = damped;
  }
  if (settings.flag("allow_multiplicative_trend", false))
    pattern.open_trend = EtsPattern::OpenTrend::any;
  if (!settings.flag("restrict", true)) pattern.combinations = EtsPattern::Combinations::all;
  return pattern;
}

std::vector<EtsForm> admissible_forms(const EtsScope& scope, const EtsPattern& pattern) {
  const bool seasonal = scope.season_length > 1 && scope.seasonal;
  auto forms = all_forms();
  std::erase_if(forms, [&](const EtsForm& form) {
    return !pattern.matches(form) || (form.has_season() && !seasonal) ||
           (form.needs_positive() && !scope.positive);
  });
  return forms;
}

}  // namespace trainyard::models
