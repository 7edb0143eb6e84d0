#include "common/base/error.hpp"

#include <fmt/format.h>

#include <array>

namespace trainyard {

std::unexpected<Error> fail(Errc code, std::string detail) {
  return std::unexpected(Error{.code = code, .detail = std::move(detail)});
}

std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::illegal_transition:
      return "illegal_transition";
    case Errc::forbidden:
      return "forbidden";
    case Errc::lease_lost:
      return "lease_lost";
    case Errc::cancelled:
      return "cancelled";
    case Errc::deadline:
      return "deadline";
    case Errc::unavailable:
      return "unavailable";
    case Errc::in_doubt:
      return "in_doubt";
    case Errc::corrupt_data:
      return "corrupt_data";
    case Errc::exhausted:
      return "exhausted";
    case Errc::limited:
      return "limited";
    case Errc::too_large:
      return "too_large";
    case Errc::internal:
      return "internal";
  }
  std::unreachable();
}

std::string_view to_string(Category category) {
  switch (category) {
    case Category::transient:
      return "transient";
    case Category::cluster:
      return "cluster";
    case Category::data:
      return "data";
    case Category::config:
      return "config";
    case Category::permanent:
      return "permanent";
  }
  std::unreachable();
}

std::optional<Category> category_from(std::string_view name) {
  for (auto category : std::array{Category::transient, Category::cluster, Category::data,
                                  Category::config, Category::permanent}) {
    if (to_string(category) == name) return category;
  }
  return std::nullopt;
}

Category category_of(const Error& error) {
  if (error.category) return *error.category;
  switch (error.code) {
    case Errc::unavailable:
    case Errc::in_doubt:
    case Errc::conflict:
    case Errc::lease_lost:
    case Errc::exhausted:
    case Errc::limited:
      return Category::transient;
    case Errc::deadline:
      return Category::cluster;
    case Errc::corrupt_data:
    case Errc::too_large:
      return Category::data;
    case Errc::invalid_argument:
    case Errc::not_found:
    case Errc::illegal_transition:
      return Category::config;
    case Errc::forbidden:
    case Errc::cancelled:
    case Errc::internal:
      return Category::permanent;
  }
  std::unreachable();
}

std::string describe(const Error& error) {
  std::string text;
  if (!error.field.empty()) text += fmt::format("{}: ", error.field);
  if (error.row) text += fmt::format("row {}: ", *error.row);
  text += error.detail;
  if (!error.hint.empty()) text += fmt::format(" ({})", error.hint);
  return text;
}

}  // namespace trainyard
