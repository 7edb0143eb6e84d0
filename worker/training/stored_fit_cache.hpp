#pragma once

#include "common/ports/artifact_store.hpp"
#include "worker/forecast/fit_cache.hpp"
#include "worker/training/fit_sharing.hpp"

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace trainyard::training {

// Fits in memory, the least recently used going first, and below a folder of the artefact store
// while one is set: so the ensemble job of a batch finds what its sibling jobs fitted, whichever
// process ran them. Trouble with the store only costs the fit again. Not thread-safe.
class StoredFitCache : public forecast::FitCache {
 public:
  StoredFitCache(std::shared_ptr<ports::ArtifactStore> artifacts, std::size_t bytes_max)
      : artifacts_(std::move(artifacts)), bytes_max_(bytes_max) {}

  void share(FitSharing sharing) {
    sharing_ = std::move(sharing);
    spent_ = {};
  }

  std::optional<forecast::FitOutcome> find(std::string_view key) override;
  void store(std::string_view key, const forecast::FitOutcome& outcome) override;

 private:
  using Entry = std::pair<std::string, forecast::FitOutcome>;

  bool is_shared() const { return artifacts_ && !sharing_.folder.empty(); }
  void put(std::string_view key, const forecast::FitOutcome& outcome);
  void keep(std::string_view key, const forecast::FitOutcome& outcome);

  std::shared_ptr<ports::ArtifactStore> artifacts_;
  FitSharing sharing_;
  std::chrono::steady_clock::duration spent_{};  // on keeping fits there
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace trainyard::training
