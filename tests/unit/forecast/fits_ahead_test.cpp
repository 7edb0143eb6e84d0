#include "worker/forecast/fits_ahead.hpp"

#include "tests/unit/forecast/meeting.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace trainyard::forecast {
namespace {

FitOutcome outcome_of(const std::string& description) {
  return {.forecast = {}, .description = description};
}

TEST(FitsAhead, AreMadeSeveralAtATimeAndTakenInAnyOrder) {
  Meeting meeting(3);
  std::vector<FitsAhead::Fit> fits;
  for (const auto* name : {"a", "b", "c"}) {
    fits.emplace_back([&meeting, name]() -> Result<FitOutcome> {
      return outcome_of(meeting.wait() ? name : "alone");
    });
  }
  FitsAhead ahead(std::move(fits), 3);
  EXPECT_EQ(ahead.take(2)->description, "c");
  EXPECT_EQ(ahead.take(0)->description, "a");
  EXPECT_EQ(ahead.take(1)->description, "b");
}

TEST(FitsAhead, PassOnWhatAFitThrew) {
  std::vector<FitsAhead::Fit> fits;
  fits.emplace_back([]() -> Result<FitOutcome> { throw std::runtime_error("surprise"); });
  fits.emplace_back([]() -> Result<FitOutcome> { return outcome_of("calm"); });
  FitsAhead ahead(std::move(fits), 2);
  EXPECT_THROW(ahead.take(0), std::runtime_error);
  EXPECT_EQ(ahead.take(1)->description, "calm");
}

}  // namespace
}  // namespace trainyard::forecast
