#pragma once

#include "worker/models/ets/ets_form.hpp"

#include <span>
#include <vector>

// The free parameters of a form as one vector, in coordinates in which R's "usual" region
// (0 < beta < alpha, 0 < gamma < 1 − alpha) is a box: beta = alpha·beta_share and
// gamma = (1 − alpha)·gamma_share. Seasonal states are free but for the last, which makes them sum
// to 0 (additive) or to the season length (multiplicative).

namespace trainyard::models {

class EtsLayout {
 public:
  EtsLayout(const EtsForm& form, int season_length);

  const EtsForm& form() const { return form_; }
  int season_length() const { return form_.has_season() ? season_length_ : 1; }

  int size() const { return size_; }
  // Positions in the vector; −1 for what the form lacks.
  int alpha() const { return 0; }
  int beta_share() const { return beta_share_; }
  int gamma_share() const { return gamma_share_; }
  int phi() const { return phi_; }
  int level() const { return level_; }
  int growth() const { return growth_; }
  int first_season() const { return first_season_; }

  // Only the positions before level() are bounded.
  double lower(int position) const;
  double upper(int position) const;

  EtsSmoothing smoothing(std::span<const double> x) const;
  EtsState state(std::span<const double> x) const;
  // The seasonal states alone, season_length() of them.
  void fill_season(std::span<const double> x, std::span<double> season) const;
  std::vector<double> pack(const EtsSmoothing& smoothing, const EtsState& state) const;

 private:
  EtsForm form_;
  int season_length_;
  int size_ = 0;
  int beta_share_ = -1;
  int gamma_share_ = -1;
  int phi_ = -1;
  int level_ = -1;
  int growth_ = -1;
  int first_season_ = -1;
};

}  // namespace trainyard::models
