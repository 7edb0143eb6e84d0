#include "common/wire/redrive_json.hpp"

#include "common/wire/parse_json.hpp"

#include <fmt/format.h>

#include <span>

namespace trainyard::wire {
namespace {

using nlohmann::json;

constexpr std::size_t value_bytes_max = 100;

Result<void> only_keys(const json& object, std::span<const std::string_view> known) {
  for (const auto& [key, ignored] : object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return wrong(key, fmt::format("unknown key '{}'", key),
                 fmt::format("known here: {}", fmt::join(known, ", ")));
  }
  return {};
}

Result<std::string> patch_in(const json& object) {
  const auto patch = object.find("config");
  if (patch == object.end()) return std::string();
  if (!patch->is_object()) {
    return wrong("config", "config must be a JSON object: what to change in the job's config",
                 R"(e.g. {"config": {"horizon": 12}})");
  }
  if (patch->contains("data")) {
    return wrong("config.data", "rows cannot be given here", "name a data_path");
  }
  return patch->dump();
}

std::string shown(const json* value) {
  if (value == nullptr) return "nothing";
  auto text = value->dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() <= value_bytes_max) return text;
  return "…";
}

}  // namespace

Result<std::string> parse_redrive(std::string_view body) {
  if (body.empty()) return std::string();
  TRY(const auto tree, parse_object(body));
  TRY_DO(only_keys(tree, std::array<std::string_view, 1>{"config"}));
  return patch_in(tree);
}

Result<JobsChangeRequest> parse_jobs_change(std::string_view body, Patches patches) {
  TRY(const auto tree, parse_object(body));
  constexpr std::array<std::string_view, 3> keys{"filter", "dry_run", "config"};
  TRY_DO(only_keys(tree, std::span(keys).first(patches == Patches::taken ? 3 : 2)));
  JobsChangeRequest request;
  const auto filter = tree.find("filter");
  if (filter == tree.end() || !filter->is_object()) {
    return wrong("filter", "filter must be a JSON object", R"(e.g. {"status": "failed"})");
  }
  for (const auto& [key, value] : filter->items()) {
    if (!value.is_string()) return wrong(key, fmt::format("{} must be text", key));
    request.filter.emplace_back(key, value.get<std::string>());
  }
  TRY(request.patch, patch_in(tree));
  if (const auto dry_run = tree.find("dry_run"); dry_run != tree.end()) {
    if (!dry_run->is_boolean()) return wrong("dry_run", "dry_run must be true or false");
    using Mode = JobsChangeRequest::Mode;
    request.mode = dry_run->get<bool>() ? Mode::dry_run : Mode::change;
  }
  return request;
}

std::string patched(std::string_view config, std::string_view patch) {
  auto tree = json::parse(config);
  tree.merge_patch(json::parse(patch));
  return tree.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string difference(std::string_view before, std::string_view after) {
  const auto old_tree = json::parse(before);
  const auto new_tree = json::parse(after);
  const auto at = [](const json& tree, const std::string& key) {
    const auto found = tree.find(key);
    return found == tree.end() ? nullptr : &*found;
  };
  std::vector<std::string> parts;
  const auto compare = [&](const std::string& key) {
    const auto* was = at(old_tree, key);
    const auto* is = at(new_tree, key);
    if (was && is && *was == *is) return;
    parts.push_back(fmt::format("{} {} -> {}", key, shown(was), shown(is)));
  };
  for (const auto& [key, ignored] : old_tree.items())
    compare(key);
  for (const auto& [key, ignored] : new_tree.items()) {
    if (!old_tree.contains(key)) compare(key);
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace trainyard::wire
