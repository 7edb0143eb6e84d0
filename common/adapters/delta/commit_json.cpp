#include "common/adapters/delta/commit_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

namespace trainyard::delta {
namespace {

using nlohmann::json;

// What writers call the rows that an operation changed, Spark first, then delta-rs.
constexpr std::array changed_row_metrics{"numTargetRowsInserted",   "numTargetRowsUpdated",
                                         "numTargetRowsDeleted",    "num_target_rows_inserted",
                                         "num_target_rows_updated", "num_target_rows_deleted",
                                         "numUpdatedRows",          "numDeletedRows",
                                         "num_updated_rows",        "num_deleted_rows"};

std::unexpected<Error> corrupt(std::int64_t version, std::int64_t line, std::string_view why) {
  return fail(Error{.code = Errc::corrupt_data,
                    .detail = fmt::format("version {} of the table's log: {}", version, why),
                    .row = line});
}

// Metrics are numbers, or numbers written as text.
std::optional<std::int64_t> number_of(const json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> changed_rows(const json& commit_info) {
  const auto metrics = commit_info.find("operationMetrics");
  if (metrics == commit_info.end() || !metrics->is_object()) return std::nullopt;
  std::optional<std::int64_t> rows;
  for (const auto* name : changed_row_metrics) {
    const auto found = metrics->find(name);
    if (found == metrics->end()) continue;
    if (const auto number = number_of(*found)) rows = rows.value_or(0) + *number;
  }
  return rows;
}

// FNV-1a, 64 bits: tells schemas apart, and is the same in every process.
std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// The one segment that a file is about, if that can be told from the log.
std::optional<std::string> segment_of(const json& file, const json& stats,
                                      const std::string& segment_col) {
  const auto partitions = file.value("partitionValues", json::object());
  if (partitions.is_object() && partitions.contains(segment_col)) {
    return text_of(partitions[segment_col]);
  }
  const auto bound = [&](const char* which) {
    const auto bounds = stats.is_object() ? stats.value(which, json()) : json();
    return bounds.is_object() ? bounds.value(segment_col, json()) : json();
  };
  const auto low = bound("minValues");
  if (low.is_null() || low != bound("maxValues")) return std::nullopt;
  // Long text is cut off in statistics, so equal beginnings prove nothing.
  constexpr std::size_t whole_text_max = 31;
  if (low.is_string() && low.get_ref<const std::string&>().size() > whole_text_max) {
    return std::nullopt;
  }
  return text_of(low);
}

class CommitReader {
 public:
  CommitReader(std::int64_t version, const std::string& segment_col) : segment_col_(segment_col) {
    commit_.version = version;
    if (!segment_col.empty()) commit_.segments.emplace();
  }

  void take(const json& action) {
    if (const auto info = action.find("commitInfo"); info != action.end()) {
      commit_.operation = info->value("operation", "");
      changed_rows_ = changed_rows(*info);
    } else if (const auto meta = action.find("metaData"); meta != action.end()) {
      commit_.schema = fingerprint(meta->value("schemaString", "") +
                                   meta->value("partitionColumns", json::array()).dump());
    } else if (const auto added = action.find("add"); added != action.end()) {
      take_file(*added, true);
    } else if (const auto removed = action.find("remove"); removed != action.end()) {
      take_file(*removed, false);
    }
  }

  domain::TableCommit finish() {
    if (commit_.changes_data) {
      commit_.rows = changed_rows_;
      if (!commit_.rows && added_rows_told_) commit_.rows = added_rows_;
      // Whole files dropped and none added: rows went, and how many is not told.
      if (!changed_rows_ && !added_any_) commit_.rows.reset();
    }
    if (commit_.operation.empty()) commit_.operation = "a commit";
    return std::move(commit_);
  }

 private:
  void take_file(const json& file, bool is_added) {
    if (!file.value("dataChange", true)) return;
    commit_.changes_data = true;
    const auto text = file.value("stats", json());
    const auto stats =
        text.is_string() ? json::parse(text.get<std::string>(), nullptr, false) : json();
    if (is_added) count_rows(stats);
    if (!commit_.segments) return;
    if (auto segment = segment_of(file, stats, segment_col_)) {
      commit_.segments->insert(*std::move(segment));
    } else {
      commit_.segments.reset();
    }
  }

  void count_rows(const json& stats) {
    added_any_ = true;
    const auto rows =
        stats.is_object() ? number_of(stats.value("numRecords", json())) : std::nullopt;
    if (rows) added_rows_ += *rows;
    added_rows_told_ = added_rows_told_ && rows.has_value();
  }

  const std::string& segment_col_;
  domain::TableCommit commit_;
  std::optional<std::int64_t> changed_rows_;
  std::int64_t added_rows_ = 0;
  bool added_rows_told_ = true;
  bool added_any_ = false;
};

}  // namespace

Result<domain::TableCommit> parse_commit(std::int64_t version, std::string_view text,
                                         const std::string& segment_col) {
  CommitReader reader(version, segment_col);
  std::int64_t line = 0;
  while (!text.empty()) {
    ++line;
    const auto end = std::min(text.find('\n'), text.size());
    const auto content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.find_first_not_of(" \r\t") == std::string_view::npos) continue;
    const auto action = json::parse(content, nullptr, false);
    if (!action.is_object()) return corrupt(version, line, "the line is no JSON object");
    try {
      reader.take(action);
    } catch (const json::exception& error) {
      return corrupt(version, line, error.what());
    }
  }
  if (line == 0) return corrupt(version, 1, "the file is empty");
  return reader.finish();
}

}  // namespace trainyard::delta
