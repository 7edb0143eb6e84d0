#pragma once

#include "common/domain/forecast_spec.hpp"
#include "common/ports/artifact_store.hpp"
#include "worker/forecast/panel.hpp"
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

  // "fits/<batch id>", or nowhere when empty.
  void share_in(std::string folder) { folder_ = std::move(folder); }

  std::optional<std::string> find(std::string_view key) override;
  void store(std::string_view key, std::string_view saved) override;

 private:
  std::shared_ptr<ports::ArtifactStore> artifacts_;
  std::string folder_;
};

// Keeps the last panel between the jobs of one process, because each job of a batch asks for that
// of the same file. Not thread-safe.
class PanelCache {
 public:
  PanelCache(TableCache& tables, std::shared_ptr<ports::ArtifactStore> artifacts)
      : tables_(tables), globals_(std::move(artifacts)) {}

  void share_in(std::string folder) { globals_.share_in(std::move(folder)); }

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
