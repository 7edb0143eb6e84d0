#include "worker/training/panel_cache.hpp"

#include <fmt/format.h>

namespace trainyard::training {
namespace {

std::string key_of(const LoadedTable& loaded, const domain::ForecastSpec& spec) {
  const auto& backtest = spec.backtest;
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", loaded.key,
                     spec.frequency ? domain::to_string(*spec.frequency) : "", spec.horizon,
                     backtest.windows, backtest.step.value_or(0), backtest.gap,
                     static_cast<int>(backtest.window), backtest.size.value_or(0));
}

}  // namespace

std::optional<std::string> StoredGlobals::find(std::string_view key) {
  if (!artifacts_ || sharing_.folder.empty() || !sharing_.finds_any) return std::nullopt;
  auto saved = artifacts_->get(fmt::format("{}/global-{}", sharing_.folder, key));
  if (!saved) return std::nullopt;
  return std::move(*saved);
}

void StoredGlobals::store(std::string_view key, std::string_view saved) {
  if (artifacts_ && !sharing_.folder.empty() && std::chrono::steady_clock::now() >= sharing_.from) {
    (void)artifacts_->put(fmt::format("{}/global-{}", sharing_.folder, key), saved);
  }
}

Result<std::shared_ptr<forecast::Panel>> PanelCache::load(LoadRequest request,
                                                          const LoadedTable& loaded,
                                                          const domain::ForecastSpec& spec,
                                                          const std::stop_token& stop) {
  auto key = key_of(loaded, spec);
  if (panel_ && !loaded.key.empty() && key == key_) return panel_;
  request.segment = std::nullopt;
  TRY(const auto whole, tables_.load(request, stop));
  std::vector<forecast::PreparedSeries> segments;
  for (const auto& rows : whole->table.segments) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "training was stopped");
    if (auto prepared = forecast::prepare(rows, spec.frequency))
      segments.push_back(std::move(*prepared));
  }
  panel_ =
      std::make_shared<forecast::Panel>(std::move(segments), spec.horizon, spec.backtest, globals_);
  key_ = std::move(key);
  return panel_;
}

}  // namespace trainyard::training
