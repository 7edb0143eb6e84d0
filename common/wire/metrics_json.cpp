#include "common/wire/metrics_json.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace trainyard::wire {
namespace {

using nlohmann::json;

json tree_of(std::string_view text) {
  return json::parse(text, nullptr, false);  // "discarded", which is no object, when it is not JSON
}

}  // namespace

std::vector<ModelScore> scores_of(std::string_view metrics, std::string_view metric) {
  std::vector<ModelScore> scores;
  const auto tree = tree_of(metrics);
  if (!tree.is_object()) return scores;
  for (const auto& [model, figures] : tree.items()) {
    ModelScore score{.model = model, .value = std::numeric_limits<double>::infinity()};
    if (figures.is_object()) {
      const auto figure = figures.find(metric);
      if (figure != figures.end() && figure->is_number()) score.value = figure->get<double>();
    }
    if (figures.is_object() && figures.value("is_best", json()) == true) return {std::move(score)};
    scores.push_back(std::move(score));
  }
  return scores;
}

std::string merge_objects(const std::vector<std::string_view>& objects) {
  auto merged = json::object();
  for (const auto text : objects) {
    if (auto tree = tree_of(text); tree.is_object()) merged.update(tree);
  }
  return merged.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_member(std::string_view object, std::string_view name) {
  const auto tree = tree_of(object);
  if (!tree.is_object()) return {};
  const auto member = tree.find(name);
  return member != tree.end() && member->is_string() ? member->get<std::string>() : std::string();
}

std::string json_member(std::string_view object, std::string_view name) {
  const auto tree = tree_of(object);
  if (!tree.is_object()) return {};
  const auto member = tree.find(name);
  return member != tree.end() ? member->dump() : std::string();
}

}  // namespace trainyard::wire
