#include "common/adapters/delta/log_listing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace trainyard::delta {
namespace {

constexpr std::size_t version_digits = 20;
constexpr std::size_t part_digits = 10;

std::optional<std::int64_t> number_of(std::string_view digits, std::size_t count) {
  std::int64_t number = 0;
  const auto* const end = digits.data() + digits.size();
  if (digits.size() != count || std::from_chars(digits.data(), end, number).ptr != end)
    return std::nullopt;
  return number;
}

// The checkpoint that a file belongs to or is: NNN.checkpoint.parquet, its part
// NNN.checkpoint.I.OF.parquet, or NNN.checkpoint.<uuid>.json or .parquet of the second kind.
struct CheckpointFile {
  std::int64_t version = 0;
  std::int64_t part = 1;
  std::int64_t parts = 1;
};

std::optional<CheckpointFile> checkpoint_file_of(std::string_view name) {
  constexpr std::string_view word = ".checkpoint.";
  const auto version = number_of(name.substr(0, version_digits), version_digits);
  if (!version || name.substr(version_digits, word.size()) != word) return std::nullopt;
  const auto rest = name.substr(version_digits + word.size());
  if (rest == "parquet") return CheckpointFile{.version = *version};
  const auto dot = rest.rfind('.');
  if (dot == rest.npos || (rest.substr(dot) != ".parquet" && rest.substr(dot) != ".json"))
    return std::nullopt;
  const auto middle = rest.substr(0, dot);
  const auto part = number_of(middle.substr(0, part_digits), part_digits);
  if (!part || middle.size() != 2 * part_digits + 1) return CheckpointFile{.version = *version};
  const auto parts = number_of(middle.substr(part_digits + 1), part_digits);
  if (!parts) return std::nullopt;
  return CheckpointFile{.version = *version, .part = *part, .parts = *parts};
}

// The newest one that is whole, not after `version`. A checkpoint that is being written, or that
// two wrote in different ways, has other files beside it.
std::optional<Checkpoint> newest_checkpoint(const std::vector<std::string>& names,
                                            std::int64_t version) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::int64_t, std::string>> found;
  for (const auto& name : names) {
    const auto file = checkpoint_file_of(name);
    if (file && file->version <= version) found[{file->version, file->parts}][file->part] = name;
  }
  std::optional<Checkpoint> newest;
  for (const auto& [which, parts] : found) {
    if (static_cast<std::int64_t>(parts.size()) != which.second) continue;
    newest = Checkpoint{.version = which.first};
    for (const auto& [number, name] : parts)
      newest->names.push_back(name);
  }
  return newest;
}

}  // namespace

std::string commit_name(std::int64_t version) {
  return fmt::format("{:020}.json", version);
}

std::optional<std::int64_t> version_of_commit(std::string_view name) {
  if (!name.ends_with(".json")) return std::nullopt;
  return number_of(name.substr(0, name.size() - 5), version_digits);
}

Result<LogPlan> plan_of_log(const std::vector<std::string>& names,
                            std::optional<std::int64_t> version) {
  std::set<std::int64_t> commits;
  for (const auto& name : names) {
    if (const auto commit = version_of_commit(name)) commits.insert(*commit);
  }
  const auto newest_of_all = newest_checkpoint(names, std::numeric_limits<std::int64_t>::max());
  auto newest = commits.empty() ? std::int64_t{-1} : *commits.rbegin();
  if (newest_of_all) newest = std::max(newest, newest_of_all->version);
  if (newest < 0) return fail(Errc::not_found, "the table's log is empty");
  if (version.value_or(0) > newest) {
    return fail(Errc::not_found,
                fmt::format("the table has no version {}; its newest is {}", *version, newest));
  }
  LogPlan plan{.version = version.value_or(newest)};
  plan.checkpoint = newest_checkpoint(names, plan.version);
  for (auto next = plan.checkpoint ? plan.checkpoint->version + 1 : 0; next <= plan.version;
       ++next) {
    if (!commits.contains(next)) {
      return fail(Errc::not_found,
                  fmt::format("version {} of the table cannot be read: {} was cleaned away",
                              plan.version, commit_name(next)));
    }
    plan.commits.push_back(next);
  }
  return plan;
}

}  // namespace trainyard::delta
