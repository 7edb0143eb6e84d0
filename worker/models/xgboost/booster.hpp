#pragma once

#include "common/base/error.hpp"
#include "worker/models/fit_checkpoint.hpp"

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// Gradient-boosted regression trees by XGBoost (Chen & Guestrin, XGBoost: A Scalable Tree Boosting
// System, 2016). Hides the library: it is loaded when the first booster is trained, so that only
// processes that train carry it and its OpenMP. One thread, whatever OMP_NUM_THREADS says.

namespace trainyard::models {

// Of a prediction's distance d from its target: d², or √(1 + d²) (Charbonnier et al., Two
// deterministic half-quadratic regularization algorithms for computed imaging, 1994), to which
// distances far over 1 count in proportion.
enum class Loss { squared, pseudo_huber };

struct BoosterOptions {
  Loss loss = Loss::squared;
  int rounds = 100;            // trees
  int depth_max = 4;           // levels of a tree
  int bins_max = 16;           // of each feature's histogram
  double learning_rate = 0.1;  // share of each tree's advice that is taken
  double leaf_weight_min = 3;  // fewest rows in a leaf
  double row_share = 1.0;      // rows that each tree sees, drawn by the seed
  double base = 0.0;           // prediction before the first tree
  unsigned seed = 42;
};

class TreeCheckpoint;  // tree_checkpoint.hpp

// Row-major; NaN marks a missing feature.
struct TrainingRows {
  std::span<const float> features;  // rows × columns
  std::span<const float> targets;   // rows
};

// Movable; what is const may be called from several threads.
class Booster {
 public:
  // Goes on from the checkpoint that an earlier try left, with the same outcome to the last bit,
  // and leaves one now and then and when it is stopped. Errc: unavailable when the library is not
  // installed; cancelled, checked after each tree; internal for anything the library complains
  // about.
  static Result<Booster> train(const TrainingRows& rows, const BoosterOptions& options,
                               const std::stop_token& stop, CheckpointPart checkpoint = {});

  // What save() wrote, for rows of `columns` features. Errc: invalid_argument for text that is none
  // or of other rows; unavailable as for train().
  static Result<Booster> load(std::string_view text, std::size_t columns);

  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;
  ~Booster();

  // `columns` as trained; one prediction per row.
  Result<std::vector<double>> predict(std::span<const float> features, std::size_t columns) const;

  // What each feature adds to a row's prediction, and last what there is without any: columns + 1
  // values per row, whose sum is the prediction to about 1e-6 (TreeSHAP: Lundberg, Erion & Lee,
  // Consistent Individualized Feature Attribution for Tree Ensembles, 2018).
  Result<std::vector<double>> contributions(std::span<const float> features,
                                            std::size_t columns) const;

  // The trees in the library's JSON, whose numbers come back bit for bit.
  Result<std::string> save() const;

 private:
  struct Handle;
  explicit Booster(std::unique_ptr<Handle> handle);
  static Result<void> add_trees(Handle& handle, const BoosterOptions& options, void* rows,
                                const std::stop_token& stop, TreeCheckpoint& checkpoint);
  std::unique_ptr<Handle> handle_;
};

}  // namespace trainyard::models
