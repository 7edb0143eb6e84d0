#include "worker/models/xgboost/booster.hpp"

#include "worker/models/xgboost/saved_trees.hpp"
#include "worker/models/xgboost/tree_checkpoint.hpp"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <dlfcn.h>
#include <limits>
#include <string>
#include <utility>

namespace trainyard::models {
namespace {

// The entry points in use, found at run time.
struct Library {
  decltype(&XGBGetLastError) last_error = nullptr;
  decltype(&XGDMatrixCreateFromDense) matrix_create = nullptr;
  decltype(&XGQuantileDMatrixCreateFromCallback) bins_create = nullptr;
  decltype(&XGProxyDMatrixCreate) proxy_create = nullptr;
  decltype(&XGProxyDMatrixSetDataDense) proxy_set = nullptr;
  decltype(&XGDMatrixSetFloatInfo) matrix_set = nullptr;
  decltype(&XGDMatrixFree) matrix_free = nullptr;
  decltype(&XGBoosterCreate) booster_create = nullptr;
  decltype(&XGBoosterSetParam) booster_set = nullptr;
  decltype(&XGBoosterUpdateOneIter) booster_update = nullptr;
  decltype(&XGBoosterPredictFromDense) booster_predict = nullptr;
  decltype(&XGBoosterPredictFromDMatrix) booster_explain = nullptr;
  decltype(&XGBoosterSaveModelToBuffer) booster_save = nullptr;
  decltype(&XGBoosterLoadModelFromBuffer) booster_load = nullptr;
  decltype(&XGBoosterFree) booster_free = nullptr;

  std::unexpected<Error> complaint() const {
    // A stack trace follows on further lines.
    const std::string_view text = last_error();
    return fail(Errc::internal, fmt::format("XGBoost: {}", text.substr(0, text.find('\n'))));
  }
};

// Never unloaded: OpenMP's threads would be left without their code.
Result<Library> load_library() {
  void* handle = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr)
    return fail(
        {.code = Errc::unavailable,
         .detail = fmt::format("the model xgboost needs the XGBoost library: {}", dlerror()),
         .hint = "install libxgboost0, or choose another model",
         .category = Category::config});
  Library library;
  bool complete = true;
  const auto find = [&]<class Function>(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    complete = complete && function != nullptr;
  };
  find(library.last_error, "XGBGetLastError");
  find(library.matrix_create, "XGDMatrixCreateFromDense");
  find(library.bins_create, "XGQuantileDMatrixCreateFromCallback");
  find(library.proxy_create, "XGProxyDMatrixCreate");
  find(library.proxy_set, "XGProxyDMatrixSetDataDense");
  find(library.matrix_set, "XGDMatrixSetFloatInfo");
  find(library.matrix_free, "XGDMatrixFree");
  find(library.booster_create, "XGBoosterCreate");
  find(library.booster_set, "XGBoosterSetParam");
  find(library.booster_update, "XGBoosterUpdateOneIter");
  find(library.booster_predict, "XGBoosterPredictFromDense");
  find(library.booster_explain, "XGBoosterPredictFromDMatrix");
  find(library.booster_save, "XGBoosterSaveModelToBuffer");
  find(library.booster_load, "XGBoosterLoadModelFromBuffer");
  find(library.booster_free, "XGBoosterFree");
  dlclose(handle);
  if (!complete)
    return fail({.code = Errc::unavailable,
                 .detail = "the XGBoost library is too old: 1.7 is needed",
                 .category = Category::config});
  return library;
}

// NumPy's array interface, which the library reads arrays by.
std::string array_interface(std::span<const float> values, std::size_t columns) {
  return fmt::format(R"({{"data":[{},true],"shape":[{},{}],"typestr":"<f4","version":3}})",
                     reinterpret_cast<std::uintptr_t>(values.data()), values.size() / columns,
                     columns);
}

class Matrix {
 public:
  explicit Matrix(const Library& library) : library_(library) {}
  ~Matrix() {
    if (handle_ != nullptr) library_.matrix_free(handle_);
  }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  Result<void> fill(std::span<const float> features, std::size_t columns) {
    const auto interface = array_interface(features, columns);
    if (library_.matrix_create(interface.c_str(), R"({"missing":NaN,"nthread":1})", &handle_) != 0)
      return library_.complaint();
    return {};
  }

  // In place of features: whoever creates it sets them later.
  Result<void> make_proxy() {
    if (library_.proxy_create(&handle_) != 0) return library_.complaint();
    return {};
  }

  DMatrixHandle get() const { return handle_; }
  DMatrixHandle* out() { return &handle_; }

 private:
  const Library& library_;
  DMatrixHandle handle_ = nullptr;
};

// Hands rows to the library part by part, and none after a stop request. The library asks several
// times for all of them: to count them, to find the bins' bounds, and to sort them in.
class RowFeed {
 public:
  RowFeed(const Library& library, const TrainingRows& rows, const std::stop_token& stop)
      : library_(library),
        rows_(rows),
        columns_(rows.features.size() / rows.targets.size()),
        stop_(stop),
        proxy_(library) {}

  Result<void> fill(Matrix& bins, int bins_max) {
    TRY_DO(proxy_.make_proxy());
    const auto config = fmt::format(R"({{"missing":NaN,"nthread":1,"max_bin":{}}})", bins_max);
    const auto reset = [](DataIterHandle feed) { static_cast<RowFeed*>(feed)->given_ = 0; };
    const auto next = [](DataIterHandle feed) { return static_cast<RowFeed*>(feed)->next(); };
    const int outcome =
        library_.bins_create(this, proxy_.get(), nullptr, reset, next, config.c_str(), bins.out());
    // Rows that were not given are a complaint of the library's, or a matrix of fewer.
    if (stop_.stop_requested()) return fail(Errc::cancelled, "stopped on request");
    if (outcome != 0) return library_.complaint();
    return {};
  }

 private:
  // 1 while there are rows.
  int next() {
    constexpr std::size_t cells_at_once = 50'000;
    const auto all = rows_.targets.size();
    if (given_ == all || stop_.stop_requested()) return 0;
    const auto count = std::min(all - given_, std::max<std::size_t>(1, cells_at_once / columns_));
    const auto features = rows_.features.subspan(given_ * columns_, count * columns_);
    const auto targets = rows_.targets.subspan(given_, count);
    if (library_.proxy_set(proxy_.get(), array_interface(features, columns_).c_str()) != 0 ||
        library_.matrix_set(proxy_.get(), "label", targets.data(), targets.size()) != 0)
      return 0;
    given_ += count;
    return 1;
  }

  const Library& library_;
  const TrainingRows& rows_;
  std::size_t columns_;
  const std::stop_token& stop_;
  Matrix proxy_;
  std::size_t given_ = 0;
};

std::vector<std::pair<const char*, std::string>> parameters(const BoosterOptions& options) {
  return {
      {"verbosity", "0"},
      {"nthread", "1"},
      {"objective", options.loss == Loss::squared ? "reg:squarederror" : "reg:pseudohubererror"},
      {"tree_method", "hist"},
      {"disable_default_eval_metric", "1"},
      {"max_bin", fmt::to_string(options.bins_max)},
      {"max_depth", fmt::to_string(options.depth_max)},
      {"eta", fmt::to_string(options.learning_rate)},
      {"min_child_weight", fmt::to_string(options.leaf_weight_min)},
      {"subsample", fmt::to_string(options.row_share)},
      {"base_score", fmt::to_string(options.base)},
      {"seed", fmt::to_string(options.seed)},
  };
}

}  // namespace

struct Booster::Handle {
  Library library;
  BoosterHandle booster = nullptr;

  explicit Handle(const Library& loaded) : library(loaded) {}
  ~Handle() {
    if (booster != nullptr) library.booster_free(booster);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  Result<std::string> save() const {
    bst_ulong length = 0;
    const char* text = nullptr;
    if (library.booster_save(booster, R"({"format":"json"})", &length, &text) != 0)
      return library.complaint();
    return std::string(text, length);
  }
};

Booster::Booster(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Booster::Booster(Booster&&) noexcept = default;
Booster& Booster::operator=(Booster&&) noexcept = default;
Booster::~Booster() = default;

Result<Booster> Booster::train(const TrainingRows& rows, const BoosterOptions& options,
                               const std::stop_token& stop, CheckpointPart where) {
  TRY(const auto library, load_library());
  auto handle = std::make_unique<Handle>(library);
  Matrix matrix(handle->library);
  TRY_DO(RowFeed(handle->library, rows, stop).fill(matrix, options.bins_max));
  const DMatrixHandle data = matrix.get();
  if (library.booster_create(&data, 1, &handle->booster) != 0) return library.complaint();
  TreeCheckpoint checkpoint(where, rows, options);
  TRY_DO(add_trees(*handle, options, data, stop, checkpoint));
  return Booster(std::move(handle));
}

Result<void> Booster::add_trees(Handle& handle, const BoosterOptions& options, void* rows,
                                const std::stop_token& stop, TreeCheckpoint& checkpoint) {
  const auto& library = handle.library;
  int round = 0;
  if (const auto kept = checkpoint.latest();
      kept && library.booster_load(handle.booster, kept->trees.data(), kept->trees.size()) == 0) {
    round = kept->rounds;
    checkpoint.go_on_at(round);
  }
  for (const auto& [name, value] : parameters(options))
    if (library.booster_set(handle.booster, name, value.c_str()) != 0) return library.complaint();
  const int begin = round;
  for (; round < options.rounds; ++round) {
    if (stop.stop_requested()) {
      if (round > begin && checkpoint.keeps()) checkpoint.keep(round, handle.save());
      return fail(Errc::cancelled, "stopped on request");
    }
    if (library.booster_update(handle.booster, round, rows) != 0) return library.complaint();
    if (checkpoint.is_due()) checkpoint.keep(round + 1, handle.save());
  }
  // A part that took long is not trained again when a later one is stopped.
  if (round > begin && checkpoint.has_kept()) checkpoint.keep(round, handle.save());
  return {};
}

Result<std::vector<double>> Booster::predict(std::span<const float> features,
                                             std::size_t columns) const {
  constexpr auto config = R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,)"
                          R"("strict_shape":false,"missing":NaN,"cache_id":0})";
  const auto interface = array_interface(features, columns);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  if (handle_->library.booster_predict(handle_->booster, interface.c_str(), config, nullptr, &shape,
                                       &dimensions, &values) != 0)
    return handle_->library.complaint();
  return std::vector<double>(values, values + features.size() / columns);
}

Result<std::vector<double>> Booster::contributions(std::span<const float> features,
                                                   std::size_t columns) const {
  constexpr auto config = R"({"type":2,"training":false,"iteration_begin":0,"iteration_end":0,)"
                          R"("strict_shape":false})";
  Matrix matrix(handle_->library);
  TRY_DO(matrix.fill(features, columns));
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  if (handle_->library.booster_explain(handle_->booster, matrix.get(), config, &shape, &dimensions,
                                       &values) != 0)
    return handle_->library.complaint();
  return std::vector<double>(values, values + features.size() / columns * (columns + 1));
}

Result<std::string> Booster::save() const {
  return handle_->save();
}

Result<Booster> Booster::load(std::string_view text, std::size_t columns) {
  TRY(const auto library, load_library());
  const auto refusal = [](std::string_view why) {
    return fail({.code = Errc::invalid_argument,
                 .detail = fmt::format("the saved model's 'booster' cannot be read: {}", why),
                 .field = "booster"});
  };
  // The library takes what begins otherwise for one of its binary formats.
  if (!text.starts_with("{\"") || !are_sound_trees(text, columns))
    return refusal(fmt::format("it is no sound set of trees over {} features", columns));
  auto handle = std::make_unique<Handle>(library);
  if (library.booster_create(nullptr, 0, &handle->booster) != 0 ||
      library.booster_load(handle->booster, text.data(), text.size()) != 0)
    return refusal(library.complaint().error().detail);
  if (library.booster_set(handle->booster, "verbosity", "0") != 0 ||
      library.booster_set(handle->booster, "nthread", "1") != 0)
    return library.complaint();
  Booster booster(std::move(handle));
  // The first prediction sets the booster up, which threads must not do at once.
  const std::vector<float> row(columns, std::numeric_limits<float>::quiet_NaN());
  if (const auto tried = booster.predict(row, columns); !tried)
    return refusal(tried.error().detail);
  return booster;
}

}  // namespace trainyard::models
