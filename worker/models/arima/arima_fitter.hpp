#pragma once

#include "worker/models/arima/arima_search.hpp"
#include "worker/models/arima/arima_select.hpp"

#include <memory>
#include <span>
#include <vector>

namespace trainyard::models {

// How one form did.
struct ArimaCandidate {
  ArimaForm form;
  std::vector<double> free;
  double criterion = 0.0;  // AICc; infinite when refused
};

enum class ArimaEffort {
  coarse,  // one search from the best start: enough to tell forms apart
  fine,    // a search from each start, to where nothing is gained
};

// Fits forms that share d, D and m to one series. Not for use by two threads at once.
class ArimaFitter {
 public:
  explicit ArimaFitter(const ArimaTask& task) : task_(task) {}

  // Starts are Hannan & Rissanen's (arima_start.hpp) and what is known of a relative, of which each
  // free number stands for the same partial autocorrelation; nullptr for none. Refused are forms
  // that leave no degrees of freedom, and those with a root within 1 % of the unit circle.
  ArimaCandidate fit(const ArimaForm& form, const ArimaCandidate* relative, ArimaEffort effort);

  ArimaFit result(const ArimaCandidate& candidate);

 private:
  // Of the forms with one choice of differences and constants.
  struct Sampled {
    ArimaForm form;
    ArimaSample sample;
    std::vector<int> kept;
  };
  const Sampled& sampled(const ArimaForm& form);

  const ArimaTask& task_;
  std::vector<std::unique_ptr<Sampled>> samples_;
};

}  // namespace trainyard::models
