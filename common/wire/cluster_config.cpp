#include "common/wire/cluster_config.hpp"

#include <nlohmann/json.hpp>

namespace trainyard::wire {
namespace {

constexpr const char* spark_version = "15.3.x-scala2.12";
constexpr std::int64_t rows_assumed = 1'000;
constexpr std::int64_t small_rows_max = 10'000;
constexpr std::size_t small_models_max = 2;

}  // namespace

std::string cluster_config_json(const domain::ForecastSpec& spec) {
  const auto rows = spec.data_rows > 0 ? spec.data_rows : rows_assumed;
  nlohmann::json cluster{{"spark_version", spark_version}};
  if (rows < small_rows_max && spec.models.size() <= small_models_max) {
    cluster["node_type_id"] = "m5.large";
    cluster["num_workers"] = 1;
    cluster["aws_attributes"] = {{"availability", "SPOT"}, {"zone_id", "auto"}};
    cluster["autotermination_minutes"] = 10;
  } else {
    cluster["node_type_id"] = "i3.xlarge";
    cluster["autoscale"] = {{"min_workers", 1}, {"max_workers", 4}};
    cluster["aws_attributes"] = {{"availability", "SPOT_WITH_FALLBACK"}};
    cluster["autotermination_minutes"] = 15;
  }
  return cluster.dump();
}

}  // namespace trainyard::wire
