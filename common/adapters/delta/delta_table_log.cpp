#include "common/adapters/delta/delta_table_log.hpp"

#include "common/adapters/delta/commit_json.hpp"
#include "common/adapters/delta/log_listing.hpp"

#include <algorithm>

namespace trainyard::delta {
namespace {

class DeltaTableLog final : public ports::TableLog {
 public:
  explicit DeltaTableLog(std::unique_ptr<LogFiles> files) : files_(std::move(files)) {}

  Result<std::optional<std::int64_t>> latest() override {
    TRY(const auto versions, this->versions());
    if (versions.empty()) return std::nullopt;
    return *std::ranges::max_element(versions);
  }

  Result<std::optional<std::int64_t>> next_after(std::int64_t version) override {
    if (files_->exists(commit_name(version + 1))) return version + 1;
    // Only when the log has moved on without it is it worth a listing.
    if (version >= 0 && files_->exists(commit_name(version))) return std::nullopt;
    TRY(const auto versions, this->versions());
    std::optional<std::int64_t> next;
    std::optional<std::int64_t> oldest;
    for (const auto each : versions) {
      if (each > version && (!next || each < *next)) next = each;
      if (!oldest || each < *oldest) oldest = each;
    }
    return next ? next : oldest;
  }

  Result<domain::TableCommit> read(std::int64_t version, const std::string& segment_col) override {
    TRY(const auto text, files_->read(commit_name(version)));
    return parse_commit(version, text, segment_col);
  }

 private:
  Result<std::vector<std::int64_t>> versions() {
    TRY(const auto names, files_->list());
    std::vector<std::int64_t> found;
    for (const auto& name : names) {
      if (const auto version = version_of_commit(name)) found.push_back(*version);
    }
    return found;
  }

  std::unique_ptr<LogFiles> files_;
};

}  // namespace

std::unique_ptr<ports::TableLog> open_table_log(std::unique_ptr<LogFiles> files) {
  return std::make_unique<DeltaTableLog>(std::move(files));
}

}  // namespace trainyard::delta
