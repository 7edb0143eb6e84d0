#include "worker/models/ets/ets_parameters.hpp"

#include <algorithm>
#include <limits>

namespace trainyard::models {
namespace {

// R's bounds on every smoothing parameter and on the damping.
constexpr double smoothing_min = 1e-4;
constexpr double smoothing_max = 1.0 - 1e-4;
constexpr double damping_min = 0.8;
constexpr double damping_max = 0.98;

}  // namespace

EtsLayout::EtsLayout(const EtsForm& form, int season_length)
    : form_(form), season_length_(season_length) {
  size_ = 1;
  if (form.has_trend()) beta_share_ = size_++;
  if (form.has_season()) gamma_share_ = size_++;
  if (form.is_damped()) phi_ = size_++;
  level_ = size_++;
  if (form.has_trend()) growth_ = size_++;
  if (form.has_season()) {
    first_season_ = size_;
    size_ += season_length - 1;
  }
}

double EtsLayout::lower(int position) const {
  if (position == phi_) return damping_min;
  return position < level_ ? smoothing_min : -std::numeric_limits<double>::infinity();
}

double EtsLayout::upper(int position) const {
  if (position == phi_) return damping_max;
  if (position == beta_share_ || position == gamma_share_) return 1.0;
  return position < level_ ? smoothing_max : std::numeric_limits<double>::infinity();
}

EtsSmoothing EtsLayout::smoothing(std::span<const double> x) const {
  EtsSmoothing s{.alpha = x[0]};
  if (beta_share_ >= 0) s.beta = s.alpha * x[beta_share_];
  if (gamma_share_ >= 0) s.gamma = (1.0 - s.alpha) * x[gamma_share_];
  if (phi_ >= 0) s.phi = x[phi_];
  return s;
}

EtsState EtsLayout::state(std::span<const double> x) const {
  EtsState state{.level = x[level_], .growth = growth_ >= 0 ? x[growth_] : 0.0};
  if (!form_.has_season()) return state;
  state.season.resize(season_length_);
  fill_season(x, state.season);
  return state;
}

void EtsLayout::fill_season(std::span<const double> x, std::span<double> season) const {
  double rest = form_.season == EtsSeason::multiplicative ? season_length_ : 0.0;
  for (int i = 0; i + 1 < season_length_; ++i) {
    season[i] = x[first_season_ + i];
    rest -= season[i];
  }
  season[season_length_ - 1] = rest;
}

std::vector<double> EtsLayout::pack(const EtsSmoothing& smoothing, const EtsState& state) const {
  std::vector<double> x(size_);
  x[0] = smoothing.alpha;
  if (beta_share_ >= 0) x[beta_share_] = smoothing.beta / smoothing.alpha;
  if (gamma_share_ >= 0) x[gamma_share_] = smoothing.gamma / (1.0 - smoothing.alpha);
  if (phi_ >= 0) x[phi_] = smoothing.phi;
  x[level_] = state.level;
  if (growth_ >= 0) x[growth_] = state.growth;
  for (int i = 0; form_.has_season() && i + 1 < season_length_; ++i)
    x[first_season_ + i] = state.season[i];
  for (int i = 0; i < level_; ++i)
    x[i] = std::clamp(x[i], lower(i), upper(i));
  return x;
}

}  // namespace trainyard::models
