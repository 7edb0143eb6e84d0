#pragma once

#include "common/adapters/sql/storable_text.hpp"
#include "common/ports/pipeline_store.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

// How a row of pipelines, called p, becomes a record, for both stores (see rows.hpp).

namespace trainyard::sql {

inline const std::string pipeline_columns =
    "p.pipeline_id, p.user_id, p.name, p.correlation_id, p.spec, p.status, p.state, p.revision, "
    "p.created_at, p.updated_at, p.completed_at";

template <class Row>
ports::StoredPipeline read_pipeline(Row& row) {
  ports::StoredPipeline pipeline;
  pipeline.id = ports::PipelineId(row.uuid());
  pipeline.user_id = row.text();
  pipeline.name = row.text();
  pipeline.correlation_id = row.text();
  pipeline.spec = row.text();
  pipeline.status = row.text();
  pipeline.state = row.text();
  pipeline.revision = row.integer();
  pipeline.created_at = row.time();
  pipeline.updated_at = row.time();
  pipeline.completed_at = row.optional_time();
  return pipeline;
}

inline Result<void> check_storable(const ports::NewPipeline& pipeline) {
  const std::array<std::pair<const char*, const std::string*>, 4> fields{
      {{"user_id", &pipeline.user_id},
       {"name", &pipeline.name},
       {"correlation_id", &pipeline.correlation_id},
       {"spec", &pipeline.spec}}};
  for (const auto& [name, text] : fields) {
    if (is_storable(*text)) continue;
    return fail(Error{
        .code = Errc::invalid_argument, .detail = "text must be UTF-8 without NUL", .field = name});
  }
  return {};
}

inline std::unexpected<Error> no_pipeline(ports::PipelineId id) {
  return fail(Errc::not_found, fmt::format("there is no pipeline {}", id.to_string()));
}

inline std::unexpected<Error> pipeline_moved(ports::PipelineId id) {
  return fail(Errc::conflict, fmt::format("pipeline {} changed meanwhile", id.to_string()));
}

}  // namespace trainyard::sql
