#pragma once

#include "common/ports/artifact_store.hpp"
#include "worker/models/fit_checkpoint.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace trainyard::training {

// Checkpoints of a job's long fits, below a folder of the artefact store: each under the key of its
// fit, so that whoever makes the same fit next finds it, on any worker. Trouble with the store only
// costs the fit again. open() may be called from several threads.
class StoredCheckpoints {
 public:
  struct Options {
    std::shared_ptr<ports::ArtifactStore> artifacts;
    std::string folder;  // "fits/…"
    std::chrono::milliseconds interval{5'000};
    bool finds_any = true;  // whether an earlier try can have left one
    std::function<void(std::string_view fit, std::string_view what)> tell;
  };

  explicit StoredCheckpoints(Options options)
      : options_(std::make_shared<const Options>(std::move(options))) {}

  // `fit` names it for people.
  std::unique_ptr<models::FitCheckpoint> open(const std::string& key, std::string fit) const;

 private:
  std::shared_ptr<const Options> options_;
};

}  // namespace trainyard::training
