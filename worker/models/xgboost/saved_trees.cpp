#include "worker/models/xgboost/saved_trees.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trainyard::models {
namespace {

using nlohmann::json;
using Indices = std::vector<std::int64_t>;

bool is_sound_tree(const json& tree, std::size_t columns) {
  const auto left = tree.at("left_children").get<Indices>();
  const auto right = tree.at("right_children").get<Indices>();
  const auto features = tree.at("split_indices").get<Indices>();
  const auto kinds = tree.at("split_type").get<Indices>();
  const std::size_t nodes = left.size();
  if (nodes == 0 || right.size() != nodes || features.size() != nodes || kinds.size() != nodes ||
      tree.at("tree_param").at("num_nodes") != std::to_string(nodes))
    return false;
  for (std::size_t node = 0; node < nodes; ++node) {
    const auto is_child = [&](std::int64_t child) {
      return std::cmp_greater(child, node) && std::cmp_less(child, nodes);
    };
    if (left[node] == -1 && right[node] == -1) continue;
    if (!is_child(left[node]) || !is_child(right[node]) || kinds[node] != 0 || features[node] < 0 ||
        std::cmp_greater_equal(features[node], columns))
      return false;
  }
  return true;
}

}  // namespace

bool are_sound_trees(std::string_view text, std::size_t columns) {
  try {
    const auto learner = json::parse(text).at("learner");
    const auto& booster = learner.at("gradient_booster");
    const auto& model = booster.at("model");
    const auto& trees = model.at("trees");
    const auto& sizes = model.at("gbtree_model_param");
    return booster.at("name") == "gbtree" &&
           learner.at("learner_model_param").at("num_class") == "0" &&
           sizes.at("num_trees") == std::to_string(trees.size()) &&
           sizes.at("num_parallel_tree") == "1" &&
           model.at("tree_info").get<Indices>() == Indices(trees.size(), 0) &&
           std::ranges::all_of(trees,
                               [&](const json& tree) { return is_sound_tree(tree, columns); });
  } catch (const json::exception&) {
    return false;
  }
}

}  // namespace trainyard::models
