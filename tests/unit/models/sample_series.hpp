#pragma once

#include "worker/models/model.hpp"

#include <string>
#include <vector>

// Series to try models on.

namespace trainyard::models {

// Owns its values; view() stays valid as long as it lives.
struct SampleSeries {
  std::string name;
  std::vector<double> y;
  int season_length = 1;
  int first_period = 0;  // months after 2001-01

  Series view() const;
};

// Monthly totals of international airline passengers, 1949–1960 (Box & Jenkins 1970): 144 values.
SampleSeries air_passengers();

// Trend, season and noise that repeats.
SampleSeries synthetic(std::size_t length, int season_length);

// Constants, zeros, integers, negatives, steps, spikes, huge and tiny values, perfect lines, …
std::vector<SampleSeries> awkward_series();

}  // namespace trainyard::models
