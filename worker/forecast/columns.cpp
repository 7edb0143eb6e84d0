#include "worker/forecast/columns.hpp"

#include "common/domain/forecast_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace trainyard::forecast {
namespace {

using domain::Column;
using domain::ColumnKind;

constexpr std::array<std::string_view, 11> time_names{"ds",     "date",    "datetime", "timestamp",
                                                      "time",   "month",   "week",     "day",
                                                      "period", "quarter", "year"};
constexpr std::array<std::string_view, 12> target_names{"y",      "target",   "value",   "sales",
                                                        "demand", "turnover", "revenue", "quantity",
                                                        "qty",    "amount",   "volume",  "count"};
constexpr std::array<std::string_view, 14> segment_names{
    "unique_id", "segment_id", "segment", "series_id", "series", "item_id",  "id",
    "item",      "sku",        "product", "store",     "region", "category", "group"};

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class Chooser {
 public:
  explicit Chooser(const domain::TableInfo& table) : table_(table) {}

  Result<void> reserve(std::string_view key, const std::string& name) {
    if (name.empty()) return {};
    std::vector<std::string_view> names;
    for (const auto& column : table_.columns)
      names.push_back(column.name);
    if (std::ranges::find(names, name) != names.end()) {
      taken_.push_back(name);
      return {};
    }
    const auto near = domain::nearest(name, names);
    const auto there_are = fmt::format("there are: {}", fmt::join(names, ", "));
    return fail(Error{
        .code = Errc::invalid_argument,
        .detail = fmt::format("there is no column '{}'", name),
        .field = std::string(key),
        .hint = near.empty() ? there_are : fmt::format("did you mean '{}'? {}", near, there_are),
        .category = Category::config});
  }

  std::string by_name(std::span<const std::string_view> known) {
    for (const auto name : known) {
      for (const auto& column : table_.columns) {
        if (is_free(column) && lower(column.name) == name) return take(column);
      }
    }
    return {};
  }

  // The only free column of the kind; empty when there are none or several.
  std::string by_kind(ColumnKind kind) {
    const Column* found = nullptr;
    for (const auto& column : table_.columns) {
      if (!is_free(column) || column.kind != kind) continue;
      if (found != nullptr) return {};
      found = &column;
    }
    return found != nullptr ? take(*found) : std::string{};
  }

  std::unexpected<Error> undecided(std::string_view key, std::string_view what,
                                   std::string_view flag) const {
    std::vector<std::string> columns;
    for (const auto& column : table_.columns) {
      columns.push_back(column.sample.empty()
                            ? column.name
                            : fmt::format("{} ({})", column.name, column.sample.front()));
    }
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = fmt::format("cannot tell which column holds the {}; there are: {}",
                                            what, fmt::join(columns, ", ")),
                      .field = std::string(key),
                      .hint = fmt::format("set {} ({} at the terminal)", key, flag),
                      .category = Category::config});
  }

 private:
  bool is_free(const Column& column) const {
    return std::ranges::find(taken_, column.name) == taken_.end();
  }
  std::string take(const Column& column) {
    taken_.push_back(column.name);
    return column.name;
  }

  const domain::TableInfo& table_;
  std::vector<std::string> taken_;
};

}  // namespace

Result<ColumnRoles> choose_columns(const domain::TableInfo& table, const ColumnRoles& asked) {
  Chooser chooser(table);
  auto roles = asked;
  TRY_DO(chooser.reserve("time_col", roles.time));
  TRY_DO(chooser.reserve("target_col", roles.target));
  TRY_DO(chooser.reserve("segment_col", roles.segment));
  if (roles.time.empty()) roles.time = chooser.by_name(time_names);
  if (roles.target.empty()) roles.target = chooser.by_name(target_names);
  if (roles.segment.empty()) roles.segment = chooser.by_name(segment_names);
  if (roles.time.empty()) roles.time = chooser.by_kind(ColumnKind::time);
  if (roles.target.empty()) roles.target = chooser.by_kind(ColumnKind::number);
  if (roles.time.empty()) return chooser.undecided("time_col", "dates", "--time");
  if (roles.target.empty()) {
    return chooser.undecided("target_col", "values to forecast", "--target");
  }
  if (roles.segment.empty()) roles.segment = chooser.by_kind(ColumnKind::text);
  return roles;
}

}  // namespace trainyard::forecast
