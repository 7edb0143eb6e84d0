#pragma once

#include "common/ports/artifact_store.hpp"
#include "worker/forecast/forecast_segment.hpp"
#include "worker/forecast/saved_segment.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace trainyard::training {

// Turns the outcomes of a job's segments into its results, one after the other so that none is kept
// longer than needed, and writes its artefacts below `folder`: the results, each best model as a
// saved segment ("model.json") and, of series longer than the history in the results, the whole
// explanation ("explanation.json"); those of several segments in "segments/<n>/". Without a store
// nothing is written. Errors: those of ArtifactStore::put.
class ResultWriter {
 public:
  struct Options {
    ports::ArtifactStore* artifacts = nullptr;
    std::string folder;
    std::size_t segments = 1;  // that will be added
    forecast::SavingPlan saving;
  };

  explicit ResultWriter(Options options) : options_(std::move(options)) {}

  // A segment that was forecast, or for which every model failed.
  Result<void> add(const forecast::SegmentOutcome& outcome, const forecast::PreparedSeries& series);
  // A segment whose data is no series.
  void add_problem(const std::string& segment, Error problem);

  // The first problem when no segment could be forecast.
  std::optional<Error> problem() const;

  struct Written {
    nlohmann::json results;
    std::string uri;  // of the results as an artefact; empty without a store
  };
  Result<Written> finish() &&;

 private:
  void keep(const forecast::SegmentOutcome& outcome, nlohmann::json result);
  std::string name_of(const char* artifact) const;

  Options options_;
  std::size_t added_ = 0;
  std::size_t forecast_ = 0;
  std::string first_segment_;
  std::optional<Error> first_problem_;
  nlohmann::json results_ = nlohmann::json::object();
};

}  // namespace trainyard::training
