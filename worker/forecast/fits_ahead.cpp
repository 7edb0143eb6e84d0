#include "worker/forecast/fits_ahead.hpp"

#include <algorithm>

namespace trainyard::forecast {

FitsAhead::FitsAhead(std::vector<Fit> fits, int threads) : fits_(std::move(fits)) {
  for (auto& fit : fits_)
    outcomes_.push_back(fit.get_future());
  const auto count = std::min(fits_.size(), static_cast<std::size_t>(threads));
  for (std::size_t i = 0; i < count; ++i)
    threads_.emplace_back([this] { work(); });
}

void FitsAhead::work() {
  for (auto i = next_++; i < fits_.size(); i = next_++)
    fits_[i]();
}

}  // namespace trainyard::forecast
