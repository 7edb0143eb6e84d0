#include "worker/forecast/panel.hpp"

#include "worker/forecast/fingerprint.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

namespace trainyard::forecast {
namespace {

constexpr std::size_t origins_max = 12;
constexpr std::size_t remembered_max = 64;

TimePoint date_of(const PreparedSeries& series, std::size_t index) {
  return series.dates(index, 1).front();
}

// As the models count from their start, whatever dates the rows have.
TimePoint start_of(const PreparedSeries& series, const Window& window) {
  if (window.first == 0) return series.start;
  if (series.own_dates.empty()) return date_of(series, window.first);
  return domain::advance(series.start, series.frequency, static_cast<std::int64_t>(window.first));
}

std::size_t values_before(const PreparedSeries& series, TimePoint time) {
  const auto indices = std::views::iota(std::size_t{0}, series.y.size());
  const auto first = std::ranges::partition_point(
      indices, [&](std::size_t index) { return date_of(series, index) < time; });
  return static_cast<std::size_t>(first - indices.begin());
}

Window known_before(const PreparedSeries& series, TimePoint time, int horizon,
                    const domain::BacktestSpec& backtest) {
  auto known = whole_history(values_before(series, time));
  if (backtest.window == domain::TrainingWindow::expanding) return known;
  const auto windows = plan_windows(series.y.size(), horizon, backtest, series.season_length);
  if (!windows.empty()) known.first = known.train - std::min(known.train, windows.back().length());
  return known;
}

// Where the windows of all segments begin, or an even choice of it with the earliest.
std::vector<TimePoint> choose_origins(const std::vector<PreparedSeries>& segments, int horizon,
                                      const domain::BacktestSpec& backtest) {
  std::set<TimePoint> all;
  for (const auto& series : segments)
    for (const auto& window :
         plan_windows(series.y.size(), horizon, backtest, series.season_length))
      all.insert(date_of(series, window.train));
  std::vector<TimePoint> chosen;
  std::size_t passed = 0;
  for (const auto origin : all)
    if (passed++ * origins_max / all.size() >= chosen.size()) chosen.push_back(origin);
  return chosen;
}

std::string fingerprint_of(const std::vector<PreparedSeries>& segments,
                           std::span<const TimePoint> origins,
                           const domain::BacktestSpec& backtest) {
  Fingerprint print;
  print.add(static_cast<std::uint64_t>(backtest.window));
  print.add(static_cast<std::uint64_t>(backtest.size.value_or(0)));
  for (const auto& series : segments) {
    print.add(std::span<const double>(series.y));
    print.add(static_cast<std::uint64_t>(series.start.time_since_epoch().count()));
    print.add(domain::to_string(series.frequency));
    for (const auto& covariate : series.covariates)
      print.add(std::span<const double>(covariate));
  }
  for (const auto origin : origins)
    print.add(static_cast<std::uint64_t>(origin.time_since_epoch().count()));
  return print.text();
}

}  // namespace

models::Series known_values(const PreparedSeries& series, const Window& window) {
  models::Series known{.y = std::span(series.y).subspan(window.first, window.length()),
                       .start = start_of(series, window),
                       .frequency = series.frequency,
                       .season_length = series.season_length};
  const auto period = series.frequency.period;
  // A day's pattern depends on the day of the week.
  if (period == domain::Period::hour || period == domain::Period::minute)
    known.long_seasons = {7 * series.season_length};
  for (const auto& covariate : series.covariates)
    known.covariates.push_back(std::span(covariate).subspan(window.first, window.length()));
  return known;
}

Panel::Panel(std::vector<PreparedSeries> segments, int horizon,
             const domain::BacktestSpec& backtest, GlobalStore& store)
    : segments_(std::move(segments)),
      horizon_(horizon),
      backtest_(backtest),
      store_(store),
      origins_(choose_origins(segments_, horizon, backtest)),
      fingerprint_(fingerprint_of(segments_, origins_, backtest)) {}

Result<std::shared_ptr<const models::FittedGlobal>> Panel::learned(
    const models::GlobalModel& model, const PreparedSeries& series, std::size_t train,
    const models::FitContext& context) {
  std::optional<TimePoint> before;
  if (train < series.y.size()) {
    before = date_of(series, train);
    const auto later = std::ranges::upper_bound(origins_, *before);
    if (later != origins_.begin()) before = *std::prev(later);
  }
  Fingerprint print;
  print.add(fingerprint_);
  print.add(model.name());
  print.add(static_cast<std::uint64_t>(before ? before->time_since_epoch().count() : 0));
  print.add(static_cast<std::uint64_t>(before.has_value()));
  print.add(context.seed);
  print.add(static_cast<std::uint64_t>(horizon_));
  print.add(context.hyperparameters);
  const auto key = print.text();
  const std::lock_guard lock(mutex_);
  if (const auto found = learned_.find(key); found != learned_.end()) return found->second;

  std::shared_ptr<const models::FittedGlobal> fitted;
  if (const auto saved = store_.find(key))
    if (auto loaded = model.load(*saved)) fitted = std::move(*loaded);
  if (!fitted) {
    TRY(fitted, learn(model, before, context));
    // What cannot be saved is learned again.
    if (const auto saved = fitted->save()) store_.store(key, *saved);
  }
  if (learned_.size() == remembered_max) learned_.clear();
  learned_.emplace(key, fitted);
  return fitted;
}

Result<std::unique_ptr<models::FittedGlobal>> Panel::learn(
    const models::GlobalModel& model, std::optional<TimePoint> before,
    const models::FitContext& context) const {
  std::vector<models::Series> known;
  for (const auto& series : segments_) {
    if (context.stop.stop_requested()) return fail(Errc::cancelled, "training was stopped");
    const auto window = before ? known_before(series, *before, horizon_, backtest_)
                               : whole_history(series.y.size());
    if (window.length() > 0) known.push_back(known_values(series, window));
  }
  return model.fit_all(known, horizon_, context);
}

}  // namespace trainyard::forecast
