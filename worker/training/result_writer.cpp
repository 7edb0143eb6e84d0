#include "worker/training/result_writer.hpp"

#include "worker/training/insight_json.hpp"
#include "worker/training/results_json.hpp"
#include "worker/training/saved_segment_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trainyard::training {

using forecast::SegmentOutcome;
using nlohmann::json;

std::string ResultWriter::name_of(const char* artifact) const {
  return options_.segments == 1
             ? fmt::format("{}/{}", options_.folder, artifact)
             : fmt::format("{}/segments/{}/{}", options_.folder, added_, artifact);
}

Result<void> ResultWriter::add(const SegmentOutcome& outcome,
                               const forecast::PreparedSeries& series) {
  auto result = to_json(outcome);
  if (options_.artifacts != nullptr && !outcome.problem) {
    auto saving = options_.saving;
    const auto best =
        std::ranges::find(outcome.models, outcome.best_model, &forecast::ModelOutcome::model);
    if (best != outcome.models.end()) {
      saving.description = best->description;
      saving.conformal = best->conformal;
    }
    if (const auto saved = save_segment(series, outcome.insight, outcome.best_model, saving)) {
      TRY(result["model_uri"], options_.artifacts->put(name_of("model.json"), to_text(*saved)));
    }
    if (outcome.history.values.size() < series.y.size()) {
      TRY(result["explanation"]["artifact_uri"],
          options_.artifacts->put(name_of("explanation.json"), explanation_text(outcome, series)));
    }
  }
  keep(outcome, std::move(result));
  return {};
}

void ResultWriter::add_problem(const std::string& segment, Error problem) {
  const SegmentOutcome outcome{.segment = segment, .problem = std::move(problem)};
  keep(outcome, to_json(outcome));
}

void ResultWriter::keep(const SegmentOutcome& outcome, json result) {
  if (added_ == 0) {
    first_segment_ = outcome.segment;
    first_problem_ = outcome.problem;
  }
  ++added_;
  if (!outcome.problem) ++forecast_;
  if (options_.segments == 1) {
    results_ = std::move(result);
  } else {
    results_["segments"][outcome.segment] = std::move(result);
  }
}

std::optional<Error> ResultWriter::problem() const {
  if (forecast_ > 0 || !first_problem_) return std::nullopt;
  auto error = *first_problem_;
  if (added_ > 1) {
    error.detail = fmt::format("none of the {} segments could be forecast; {}: {}", added_,
                               first_segment_, error.detail);
  }
  return error;
}

Result<ResultWriter::Written> ResultWriter::finish() && {
  Written written{.results = std::move(results_), .uri = {}};
  if (options_.artifacts != nullptr) {
    TRY(written.uri,
        options_.artifacts->put(options_.folder + "/results.json", written.results.dump()));
  }
  if (options_.segments == 1) {
    written.results["artifact_uri"] = written.uri;
    return written;
  }
  for (auto& [segment, result] : written.results["segments"].items())
    result["artifact_uri"] = written.uri;
  return written;
}

}  // namespace trainyard::training
