#pragma once

#include "worker/models/fit_checkpoint.hpp"
#include "worker/models/xgboost/booster.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trainyard::models {

// The trees that a training had so far, in a form that tells whether they are of the same rows and
// options and whole: what is not is told about and left aside. Trees that see a random share of the
// rows are not kept, because what is drawn next cannot be. Without a place to keep them it does
// nothing.
class TreeCheckpoint {
 public:
  TreeCheckpoint(CheckpointPart where, const TrainingRows& rows, const BoosterOptions& options);

  struct Kept {
    int rounds = 0;
    std::string trees;  // as Booster::save() wrote them
  };
  std::optional<Kept> latest();
  bool is_due() const { return store_ != nullptr && store_->is_due(); }
  bool has_kept() const { return has_kept_; }
  bool keeps() const { return store_ != nullptr; }
  void keep(int rounds, const Result<std::string>& trees);
  void go_on_at(int round);  // tells that the latest is used

 private:
  std::optional<Kept> read(std::string_view snapshot) const;

  FitCheckpoint* store_ = nullptr;
  std::string_view part_;
  int rounds_;
  std::size_t columns_;
  std::uint64_t fingerprint_ = 0;
  bool has_kept_ = false;
};

}  // namespace trainyard::models
