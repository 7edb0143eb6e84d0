#include "worker/forecast/history.hpp"

#include <algorithm>

namespace trainyard::forecast {
namespace {

constexpr int periods_min = 60;
constexpr int periods_max = 400;
constexpr int seasons_shown = 4;
constexpr int horizons_shown = 3;

}  // namespace

History recent_history(const PreparedSeries& series, int horizon) {
  const auto wanted =
      std::max({periods_min, seasons_shown * series.season_length, horizons_shown * horizon});
  const auto shown =
      std::min(static_cast<std::size_t>(std::min(wanted, periods_max)), series.y.size());
  const auto first = series.y.size() - shown;
  return {.dates = series.dates(first, shown),
          .values = {series.y.begin() + static_cast<std::ptrdiff_t>(first), series.y.end()}};
}

}  // namespace trainyard::forecast
