#pragma once

#include "worker/models/model.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

// The second interface of forecasting models: those that learn from all series of a data set at
// once what each is then forecast by. Pure, deterministic and stoppable as models are.

namespace trainyard::models {

// What was learned from all series. Immutable and safe to share between threads.
class FittedGlobal {
 public:
  virtual ~FittedGlobal() = default;
  // The model of one series, which forecasts what follows its last value. It need not be one of
  // those that were learned from, nor end with them. Errors: invalid_argument as for Model::fit(),
  // and for a series of another frequency or other covariates than were learned from.
  virtual Result<std::unique_ptr<FittedModel>> on(const Series& series) const = 0;
  // In the format of saved_model.hpp.
  virtual Result<std::string> save() const = 0;
};

class GlobalModel : public Model {
 public:
  // Learns from those of the series that it can, which are of the commonest frequency, for
  // forecasts of `horizon` periods; other horizons can still be asked for. Errors: of the first
  // series when there is none that it can learn from, of the hyperparameters; cancelled.
  virtual Result<std::unique_ptr<FittedGlobal>> fit_all(std::span<const Series> all,
                                                        std::optional<int> horizon,
                                                        const FitContext& context) const = 0;
  // What save() wrote; then on() gives the same bits. invalid_argument names the field.
  virtual Result<std::unique_ptr<FittedGlobal>> load(std::string_view text) const = 0;
  // Learns from this one alone.
  Result<std::unique_ptr<FittedModel>> fit(const Series& series,
                                           const FitContext& context) const final;
};

// nullptr for a model that learns from one series at a time.
const GlobalModel* as_global(const Model& model);

}  // namespace trainyard::models
