#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"
#include "common/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Where runs of dependent steps live. The store keeps their text and never looks inside. What moves
// one reads it, decides, and writes only if the revision is unchanged, so two who move the same one
// cannot both succeed. Lives in the same database as the jobs; errors and times as in JobStore.
// Contract suite: tests/contract/pipeline_store.

namespace trainyard::ports {

using PipelineId = Id<struct PipelineTag>;

struct NewPipeline {
  PipelineId id;
  std::string user_id;
  std::string name;  // for people; need not be the only one
  std::string correlation_id;
  std::string spec;    // JSON object, as the user wrote it
  std::string status;  // one word
  std::string state;   // JSON, kept by what moves it
};

struct StoredPipeline : NewPipeline {
  std::int64_t revision = 0;  // 1 when new, rises with every change
  TimePoint created_at;
  TimePoint updated_at;
  std::optional<TimePoint> completed_at;  // set while it is over
};

// What becomes of a pipeline that was read at `revision`.
struct PipelineChange {
  PipelineId id;
  std::int64_t revision;
  std::string status;
  std::string state;
  enum class Life { open, over } life = Life::open;
};

// Newest first. All filters narrow; `before` continues a listing at the last id of a page.
struct PipelineFilter {
  std::optional<std::string> user_id;
  std::optional<std::string> status;
  std::optional<PipelineId> before;
  int limit = 50;
};

class PipelineStore {
 public:
  virtual ~PipelineStore() = default;

  // One whose id exists already is left as it is and answered.
  virtual Result<StoredPipeline> add(const NewPipeline& pipeline) = 0;
  virtual Result<StoredPipeline> get(PipelineId id) = 0;  // not_found
  virtual Result<std::vector<StoredPipeline>> list(const PipelineFilter& filter) = 0;
  // Those that are not over, oldest first, after `after`.
  virtual Result<std::vector<PipelineId>> open(std::optional<PipelineId> after, int limit) = 0;
  // The new revision. conflict: it is not at that revision any more; nothing was written.
  virtual Result<std::int64_t> change(const PipelineChange& change) = 0;
};

}  // namespace trainyard::ports
