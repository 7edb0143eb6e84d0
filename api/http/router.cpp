#include "api/http/router.hpp"

#include <optional>

namespace trainyard::http {
namespace {

constexpr std::string_view page_pattern = "/{*}";
constexpr std::size_t any_path = 100;  // more than any pattern leaves open

std::string_view next_part(std::string_view& path) {
  const auto end = path.find('/');
  const auto part = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  return part;
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  std::vector<std::string> params;
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  if (pattern == "{*}") return params;
  while (!pattern.empty() || !path.empty()) {
    if (pattern.empty() || path.empty()) return std::nullopt;
    const auto want = next_part(pattern);
    const auto have = next_part(path);
    if (want.starts_with('{')) {
      if (have.empty()) return std::nullopt;
      params.emplace_back(have);
    } else if (want != have) {
      return std::nullopt;
    }
  }
  return params;
}

void add_method(std::string& allow, std::string_view method) {
  if (!allow.empty()) allow += ", ";
  allow += method;
}

}  // namespace

Match find_route(std::span<const Route> routes, Verb verb, std::string_view path) {
  Match found;
  std::size_t left_open = any_path + 1;
  const Verb wanted = verb == Verb::head ? Verb::get : verb;
  for (const auto& route : routes) {
    auto params = match(route.pattern, path);
    if (!params) continue;
    const auto open = route.pattern == page_pattern ? any_path : params->size();
    // What spells the path out says what it is: it is no id, and no page, under any method.
    if (open > left_open) continue;
    if (open < left_open) found = {};
    left_open = open;
    if (route.verb == wanted) {
      found.route = &route;
      found.params = *std::move(params);
    }
    // The page takes any path, which does not make the path known.
    if (open == any_path) continue;
    add_method(found.allow, beast::http::to_string(route.verb));
    if (route.verb == Verb::get) add_method(found.allow, "HEAD");
  }
  return found;
}

}  // namespace trainyard::http
