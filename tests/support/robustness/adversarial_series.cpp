#include "tests/support/robustness/adversarial_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trainyard::robustness {
namespace {

using domain::Period;
using namespace std::chrono_literals;

constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest = std::numeric_limits<double>::denorm_min();
using Values = std::vector<double>;

Values filled(std::size_t length, const auto& value_at) {
  Values y;
  for (std::size_t t = 0; t < length; ++t)
    y.push_back(value_at(static_cast<double>(t)));
  return y;
}

Values noise(Draws& draw, std::size_t length) {
  const double level = draw.between(-10.0, 10.0);
  return filled(length, [&](double) { return level + draw.noise(); });
}
Values walk(Draws& draw, std::size_t length) {
  double level = draw.between(-100.0, 100.0);
  return filled(length, [&](double) { return level += draw.noise(); });
}
Values constant(Draws& draw, std::size_t length) {
  const std::array levels{0.0, -0.0, 1.0, -3.5, 1e9, 1e-300, -1e300, largest, -largest, smallest};
  return Values(length, levels[static_cast<std::size_t>(draw.integer(0, 9))]);
}
Values zeros(Draws&, std::size_t length) {
  return Values(length, 0.0);
}
Values mostly_zeros(Draws& draw, std::size_t length) {
  const int gap = draw.integer(3, 40);
  return filled(length,
                [&](double) { return draw.one_in(gap) ? std::ceil(draw.between(0.0, 9.0)) : 0.0; });
}
Values one_value(Draws& draw, std::size_t length) {
  Values y(length, draw.one_in(2) ? 0.0 : 5.0);
  y[static_cast<std::size_t>(draw.integer(0, static_cast<int>(length) - 1))] = 1.0;
  return y;
}
Values steps(Draws& draw, std::size_t length) {
  double level = 1.0;
  return filled(length, [&](double) {
    if (draw.one_in(12)) level = std::pow(10.0, draw.between(-12.0, 12.0));
    return level;
  });
}
Values spikes(Draws& draw, std::size_t length) {
  const double size = std::pow(10.0, draw.between(1.0, 15.0));
  return filled(length,
                [&](double) { return draw.noise() + (draw.one_in(20) ? size * draw.noise() : 0); });
}
Values denormals(Draws& draw, std::size_t length) {
  return filled(length, [&](double) { return smallest * draw.integer(-20, 20); });
}
Values around_smallest(Draws& draw, std::size_t length) {
  return filled(length, [&](double) { return 2.3e-308 * (1.0 + 0.1 * draw.noise()); });
}
Values huge(Draws& draw, std::size_t length) {
  const bool is_signed = draw.one_in(2);
  return filled(length, [&](double) {
    return (is_signed && draw.one_in(2) ? -1e300 : 1e300) * (1.0 + 0.1 * draw.noise());
  });
}
Values both_ends(Draws& draw, std::size_t length) {
  return filled(length, [&](double) { return draw.one_in(2) ? largest : -largest; });
}
Values overflow(Draws& draw, std::size_t length) {
  const auto at = static_cast<double>(draw.integer(0, static_cast<int>(length)));
  return filled(length, [&](double t) { return t < at ? draw.noise() : largest * 0.9; });
}
Values all_sizes(Draws& draw, std::size_t length) {
  return filled(length,
                [&](double) { return draw.noise() * std::pow(10.0, draw.between(-300.0, 300.0)); });
}
Values hair_on_a_mountain(Draws& draw, std::size_t length) {
  const double level = std::pow(10.0, draw.between(3.0, 18.0));
  const double step = level * std::numeric_limits<double>::epsilon() * draw.integer(1, 100);
  return filled(length, [&](double) { return level + step * draw.integer(-2, 2); });
}
Values alternating(Draws& draw, std::size_t length) {
  const double size = std::pow(10.0, draw.between(-5.0, 5.0));
  return filled(length, [&](double t) { return std::fmod(t, 2.0) == 0.0 ? size : -size; });
}
Values integers(Draws& draw, std::size_t length) {
  const int size = draw.integer(1, 1000);
  return filled(length, [&](double) { return static_cast<double>(draw.integer(0, size)); });
}
Values explosion(Draws& draw, std::size_t length) {
  const double rate = draw.between(0.01, 3.0);
  const double sign = draw.one_in(3) ? -1.0 : 1.0;
  return filled(length, [&](double t) { return sign * std::exp(std::min(700.0, rate * t)); });
}
Values collapse(Draws& draw, std::size_t length) {
  const double rate = draw.between(0.01, 10.0);
  return filled(length, [&](double t) { return std::exp(-rate * t); });
}
Values perfect_season(Draws& draw, std::size_t length) {
  const double season = draw.integer(2, 24);
  const double slope = draw.one_in(2) ? 0.0 : draw.between(-2.0, 2.0);
  return filled(length, [&](double t) { return 5.0 + slope * t + std::fmod(t, season); });
}
Values noisy_season(Draws& draw, std::size_t length) {
  const double season = draw.integer(2, 52);
  return filled(length, [&](double t) {
    return 100.0 + t + 20.0 * std::sin(6.283185307 * t / season) + draw.noise();
  });
}
Values line(Draws& draw, std::size_t length) {
  const double slope = std::pow(10.0, draw.between(-8.0, 8.0)) * (draw.one_in(2) ? 1.0 : -1.0);
  const double from = draw.between(-10.0, 10.0);
  return filled(length, [&](double t) { return from + slope * t; });
}
Values trigger(Draws& draw, std::size_t length) {  // constant but for the last
  Values y(length, draw.between(-5.0, 5.0));
  y.back() = std::pow(10.0, draw.between(-20.0, 20.0));
  return y;
}

struct Kind {
  std::string_view name;
  Values (*make)(Draws&, std::size_t);
};

constexpr std::array kinds{Kind{"noise", noise},
                           Kind{"walk", walk},
                           Kind{"constant", constant},
                           Kind{"zeros", zeros},
                           Kind{"mostly zeros", mostly_zeros},
                           Kind{"one value", one_value},
                           Kind{"steps", steps},
                           Kind{"spikes", spikes},
                           Kind{"denormals", denormals},
                           Kind{"around the smallest", around_smallest},
                           Kind{"huge", huge},
                           Kind{"both ends", both_ends},
                           Kind{"overflow", overflow},
                           Kind{"all sizes", all_sizes},
                           Kind{"hair on a mountain", hair_on_a_mountain},
                           Kind{"alternating", alternating},
                           Kind{"integers", integers},
                           Kind{"explosion", explosion},
                           Kind{"collapse", collapse},
                           Kind{"perfect season", perfect_season},
                           Kind{"noisy season", noisy_season},
                           Kind{"line", line},
                           Kind{"trigger", trigger}};

// Mostly short, because that is where models break, and because it is quick.
std::size_t length_of(Draws& draw) {
  const int kind = draw.integer(1, 100);
  if (kind <= 5) return 2;
  if (kind <= 30) return static_cast<std::size_t>(draw.integer(1, 20));
  if (kind <= 80) return static_cast<std::size_t>(draw.integer(20, 60));
  return static_cast<std::size_t>(draw.integer(60, kind <= 98 ? 200 : 800));
}

// Now and then two kinds, one after the other.
Values values_of(const Kind& kind, Draws& draw, std::size_t length) {
  auto y = kind.make(draw, length);
  if (!draw.one_in(6)) return y;
  const auto& other = kinds[static_cast<std::size_t>(draw.integer(0, kinds.size() - 1))];
  const auto tail = other.make(draw, length);
  const auto at = draw.integer(0, static_cast<int>(length));
  std::copy(tail.begin() + at, tail.end(), y.begin() + at);
  return y;
}

void choose_calendar(ModelTrial& trial, Draws& draw) {
  constexpr std::array periods{Period::year, Period::quarter,      Period::month, Period::week,
                               Period::day,  Period::business_day, Period::hour,  Period::minute};
  trial.frequency.period = periods[static_cast<std::size_t>(draw.integer(0, periods.size() - 1))];
  if (draw.one_in(10)) trial.frequency.count = draw.integer(2, 30);
  trial.start = std::chrono::sys_days(2001y / 1 / 1) + std::chrono::days(draw.integer(0, 30));
  trial.season_length = domain::season_length(trial.frequency);
  const int n = static_cast<int>(trial.y.size());
  switch (draw.integer(1, 6)) {
    case 1:  // close to what there is
      trial.season_length = std::max(1, n + draw.integer(-2, 2));
      break;
    case 2:
      trial.season_length = std::max(1, n / draw.integer(2, 4) + draw.integer(-1, 1));
      break;
    case 3:
      trial.season_length = 8760;
      break;
    default:
      break;
  }
  if (draw.one_in(4)) trial.long_seasons.push_back(7 * trial.season_length);
}

Values covariate(Draws& draw, std::size_t length, const ModelTrial& trial) {
  switch (draw.integer(1, 5)) {
    case 1:
      return Values(length, 1.0);
    case 2:
      return filled(length, [&](double) { return draw.one_in(5) ? 1.0 : 0.0; });
    case 3: {  // the series itself
      auto values = trial.y;
      values.resize(length, trial.y.back());
      return values;
    }
    case 4:
      return all_sizes(draw, length);
    default:
      return noise(draw, length);
  }
}

domain::SegmentRows rows_of(const ModelTrial& trial, Draws& draw) {
  domain::SegmentRows rows{.segment = "s"};
  rows.covariates.resize(trial.covariates.size());
  const int blemish = draw.integer(1, 8);
  for (std::size_t t = 0; t < trial.y.size(); ++t) {
    double value = trial.y[t];
    if (blemish <= 3 && draw.one_in(6)) {
      if (blemish == 1) continue;
      value = std::numeric_limits<double>::quiet_NaN();
    }
    if (blemish == 4 && draw.one_in(200)) value = std::numeric_limits<double>::infinity();
    auto at = static_cast<std::int64_t>(t);
    if (blemish == 5 && draw.one_in(100)) at -= 1;  // a date twice
    auto time = domain::advance(trial.start, trial.frequency, at);
    if (blemish == 6 && draw.one_in(50)) time += std::chrono::hours(25);
    rows.observations.push_back(
        {.time = time, .value = value, .row = static_cast<std::int64_t>(t) + 2});
    for (std::size_t i = 0; i < rows.covariates.size(); ++i)
      rows.covariates[i].push_back(trial.covariates[i][t]);
  }
  if (blemish == 7 && rows.observations.size() > 2 && rows.covariates.empty())
    std::swap(rows.observations.front(), rows.observations.back());
  return rows;
}

}  // namespace

Draws::Draws(std::uint64_t seed) : state_(seed) {}

// Steele, Lea & Flood, Fast splittable pseudorandom number generators (2014).
std::uint64_t Draws::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Draws::between(double low, double high) {
  return low + (high - low) * static_cast<double>(next() >> 11) * 0x1.0p-53;
}

int Draws::integer(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

double Draws::noise() {
  double sum = 0.0;
  for (int i = 0; i < 12; ++i)
    sum += between(-0.5, 0.5);
  return sum;
}

AdversarialSeries adversarial_series(std::uint64_t index) {
  const auto& kind = kinds[index % kinds.size()];
  Draws draw(index);
  ModelTrial trial{.y = values_of(kind, draw, length_of(draw)), .seed = index};
  choose_calendar(trial, draw);
  trial.horizon = draw.one_in(10) ? draw.integer(100, 400) : draw.integer(1, 24);
  trial.levels = draw.one_in(3) ? Values{1e-6, 50.0, 99.999999} : Values{80.0, 95.0};
  const auto& next = draw.one_in(3) ? kinds[static_cast<std::size_t>(draw.integer(0, 22))] : kind;
  trial.later = next.make(draw, static_cast<std::size_t>(draw.integer(1, 14)));
  const auto length = trial.y.size() + trial.later.size() + static_cast<std::size_t>(trial.horizon);
  if (draw.one_in(4))
    for (int i = draw.integer(1, 3); i > 0; --i)
      trial.covariates.push_back(covariate(draw, length, trial));
  AdversarialSeries series{.name = fmt::format("{} #{}", kind.name, index)};
  series.forecast = {
      .rows = rows_of(trial, draw), .horizon = trial.horizon, .levels = trial.levels};
  if (draw.one_in(2)) series.forecast.frequency = trial.frequency;
  series.forecast.combination = static_cast<forecast::Combination>(draw.integer(0, 3));
  series.model = std::move(trial);
  return series;
}

}  // namespace trainyard::robustness
