#include "common/adapters/delta/replay.hpp"

#include "common/adapters/delta/table_schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ranges>

namespace trainyard::delta {
namespace {

using nlohmann::json;

std::unexpected<Error> corrupt(const std::string& name, std::int64_t line, std::string_view why) {
  return fail(Error{.code = Errc::corrupt_data,
                    .detail = fmt::format("{} of the table's log: {}", name, why),
                    .row = line});
}

// One file may be there with and without rows deleted from it; it is the same file only when the
// list of these rows is the same.
std::string identity_of(const json& file) {
  auto identity = file.at("path").get<std::string>();
  const auto vector = file.value("deletionVector", json());
  if (vector.is_object()) {
    identity +=
        fmt::format("\n{}{}@{}", vector.value("storageType", ""),
                    vector.value("pathOrInlineDv", ""), vector.value("offset", json()).dump());
  }
  return identity;
}

// Paths are written as URIs: %20 for a space.
std::string percent_decode(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  const auto is_digit = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_digit(text[i + 1]) && is_digit(text[i + 2])) {
      decoded += static_cast<char>(16 * digit(text[i + 1]) + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

bool is_below_the_table(std::string_view path) {
  const auto is_up = [](auto part) { return std::string_view(part.begin(), part.end()) == ".."; };
  return !path.starts_with('/') && !path.contains("://") && !path.starts_with("file:") &&
         std::ranges::none_of(std::views::split(path, '/'), is_up);
}

DataFile file_of(const json& add) {
  DataFile file{.path = percent_decode(add.at("path").get<std::string>()),
                .size = add.value("size", std::int64_t{0})};
  const auto values = add.value("partitionValues", json::object());
  for (const auto& [column, value] : values.items()) {
    file.partition[column] =
        value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
  }
  return file;
}

Result<std::optional<DeletionVector>> vector_of(const json& add) {
  const auto vector = add.value("deletionVector", json());
  if (!vector.is_object()) return std::nullopt;
  const auto offset = vector.value("offset", json());
  return parse_deletion_vector(
      vector.at("storageType"), vector.at("pathOrInlineDv"),
      {.offset = offset.is_number_integer() ? offset.get<std::int64_t>() : 0,
       .size = vector.at("sizeInBytes"),
       .rows = vector.at("cardinality")});
}

}  // namespace

struct Replay::Action {
  const json& value;
  bool is_added;
};

Result<void> Replay::take(std::string_view lines, const std::string& name) {
  std::int64_t number = 0;
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    const auto line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    ++number;
    if (line.find_first_not_of(" \r\t") != line.npos) TRY_DO(take_row(line, name, number));
  }
  return {};
}

// A checkpoint's row has all kinds of actions, and one that is set.
Result<void> Replay::take_row(std::string_view line, const std::string& name, std::int64_t number) {
  const auto row = json::parse(line, nullptr, false);
  if (!row.is_object()) return corrupt(name, number, "the line is no JSON object");
  try {
    for (const auto& [kind, value] : row.items()) {
      if (!value.is_object()) continue;
      if (kind == "add" || kind == "remove") TRY_DO(take_file({value, kind == "add"}));
      if (kind == "protocol") protocol_ = value.dump();
      if (kind == "metaData") metadata_ = value.dump();
      if (kind == "sidecar") {
        sidecars_.push_back(percent_decode(value.at("path").get_ref<const std::string&>()));
      }
    }
  } catch (const json::exception& error) {
    return corrupt(name, number, error.what());
  }
  return {};
}

Result<void> Replay::take_file(const Action& action) {
  const auto identity = identity_of(action.value);
  files_.erase(identity);
  if (!action.is_added) return {};
  auto file = file_of(action.value);
  TRY(file.deleted, vector_of(action.value));
  files_[identity] = std::move(file);
  return {};
}

Result<std::vector<std::string>> Replay::take_sidecars() {
  for (const auto& name : sidecars_) {
    if (!is_below_the_table(name)) return corrupt("a checkpoint", 1, "its sidecar lies elsewhere");
  }
  return std::exchange(sidecars_, {});
}

Result<std::vector<TableColumn>> Replay::columns() const {
  try {
    TRY_DO(check_protocol(protocol_));
    return columns_of(metadata_);
  } catch (const json::exception& error) {
    return fail(Errc::corrupt_data, fmt::format("the table's schema: {}", error.what()));
  }
}

Result<Snapshot> Replay::finish(std::int64_t version) && {
  Snapshot snapshot{.version = version};
  TRY(snapshot.columns, columns());
  for (auto& [identity, file] : files_) {
    if (!is_below_the_table(file.path)) {
      return fail(Error{
          .code = Errc::invalid_argument,
          .detail = fmt::format("the table's file '{}' lies outside of its folder", file.path),
          .hint = "a shallow clone cannot be read: make a deep one"});
    }
    snapshot.files.push_back(std::move(file));
  }
  return snapshot;
}

}  // namespace trainyard::delta
