#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trainyard::wire {

struct ModelScore {
  std::string model;
  double value;  // infinity when the figure is missing or not finite
};

// Reads {model: {metric: number, …}, …}; text that is not such an object has no scores. Where a job
// marked the one it took for the best (is_best: true), that is the only one.
std::vector<ModelScore> scores_of(std::string_view metrics, std::string_view metric);

// One object of all members of `objects`; texts that are not objects are left out.
std::string merge_objects(const std::vector<std::string_view>& objects);

// The text of a string member of an object, or of a member of it; empty when it is not there.
std::string text_member(std::string_view object, std::string_view name);
// The JSON of a member; empty when it is not there.
std::string json_member(std::string_view object, std::string_view name);

}  // namespace trainyard::wire
