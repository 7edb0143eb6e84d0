#pragma once

#include "common/domain/forecast_spec.hpp"
#include "common/ports/artifact_store.hpp"
#include "worker/forecast/panel.hpp"
#include "worker/training/fit_sharing.hpp"
#include "worker/training/table_cache.hpp"

#include <memory>
#include <string>

namespace trainyard::training {

// What global models learned, below a folder of the artefact store while one is set: the first job
// of a batch that needs it learns it for all. Trouble with the store only costs learning it again.
class StoredGlobals final : public forecast::GlobalStore {
 public:
  explicit StoredGlobals(std::shared_ptr<ports::ArtifactStore> artifacts)
      : artifacts_(std::move(artifacts)) {}

  void share(FitSharing sharing) { sharing_ = std::move(sharing); }

  std::optional<std::string> find(std::string_view key) override;
  void store(std::string_view key, std::string_view saved) override;

 private:
  std::shared_ptr<ports::ArtifactStore> artifacts_;
  FitSharing sharing_;
};

// Keeps the last panel between the jobs of one process, because each job of a batch asks for that
// of the same file. Not thread-safe.
class PanelCache {
 public:
  PanelCache(TableCache& tables, std::shared_ptr<ports::ArtifactStore> artifacts)
      : tables_(tables), globals_(std::move(artifacts)) {}

  void share(FitSharing sharing) { globals_.share(std::move(sharing)); }

  // Of all segments of the file that `loaded`, by `request`, is of; those that cannot be prepared
  // are left out. Errors: of loading what is missing; cancelled.
  Result<std::shared_ptr<forecast::Panel>> load(LoadRequest request, const LoadedTable& loaded,
                                                const domain::ForecastSpec& spec,
                                                const std::stop_token& stop);

 private:
  TableCache& tables_;
  StoredGlobals globals_;
  std::string key_;
  std::shared_ptr<forecast::Panel> panel_;
};

}  // namespace trainyard::training
