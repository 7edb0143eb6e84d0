#include "common/wire/forecast_spec_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace trainyard::wire {
namespace {

using domain::ForecastSpec;
using nlohmann::json;

constexpr std::array<std::string_view, 22> known_keys{
    "data_path",  "data",    "target_col", "time_col",  "segment_col",
    "segment_id", "horizon", "frequency",  "models",    "covariates",
    "level",      "metric",  "backtest",   "anomalies", "time_budget_seconds",
    "data_rows",  "seed",    "executor",   "priority",  "hyperparameters",
    "holidays",   "drill"};
constexpr std::array<std::string_view, 5> backtest_keys{"windows", "step", "gap", "window", "size"};
constexpr std::array<std::string_view, 1> anomaly_keys{"threshold"};

class Reader {
 public:
  explicit Reader(const json& object, std::string prefix = {})
      : object_(object), prefix_(std::move(prefix)) {}

  void refuse_unknown(std::span<const std::string_view> known) {
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(known, key) != known.end()) continue;
      const auto near = domain::nearest(key, known);
      add(key, fmt::format("key '{}{}' is not known", prefix_, key),
          near.empty() ? "remove it" : fmt::format("did you mean '{}'?", near));
    }
  }

  // The value of a key, unless it is absent or null.
  const json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  void text(const char* key, std::string& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (!value->is_string()) return wrong_type(key, "a string", *value);
    into = value->get<std::string>();
  }

  template <class Integer>
  void integer(const char* key, Integer& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    std::int64_t number = 0;
    if (value->is_number_unsigned() &&
        value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
      number = INT64_MAX;
    } else if (value->is_number_integer()) {
      number = value->get<std::int64_t>();
    } else {
      return wrong_type(key, "a whole number", *value);
    }
    // Clamped, so that the range check of the domain refuses it under its own name.
    if constexpr (std::is_unsigned_v<Integer>) {
      if (number < 0) return add(key, fmt::format("{} is negative", key), {});
      into = static_cast<Integer>(number);
    } else {
      into = static_cast<Integer>(std::clamp<std::int64_t>(
          number, std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()));
    }
  }

  void number(const char* key, double& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (!value->is_number()) return wrong_type(key, "a number", *value);
    into = value->get<double>();
  }

  // One of the names, as its position.
  template <class Choice>
  void choice(const char* key, std::span<const std::string_view> names, Choice& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    const auto expected = fmt::format("one of {}", fmt::join(names, ", "));
    if (!value->is_string()) return wrong_type(key, expected, *value);
    const auto found = std::ranges::find(names, value->get_ref<const std::string&>());
    if (found == names.end()) {
      return add(key,
                 fmt::format("{}{} '{}' does not exist", prefix_, key,
                             value->get_ref<const std::string&>()),
                 "use " + expected);
    }
    into = static_cast<Choice>(found - names.begin());
  }

  // One string, or an array of them.
  void texts(const char* key, std::vector<std::string>& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (value->is_string()) {
      into = {value->get<std::string>()};
      return;
    }
    if (!value->is_array()) return wrong_type(key, "an array of strings", *value);
    into.clear();
    for (const auto& element : *value) {
      if (!element.is_string()) return wrong_type(key, "an array of strings", element);
      into.push_back(element.get<std::string>());
    }
  }

  void numbers(const char* key, std::vector<double>& into) {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (value->is_number()) {
      into = {value->get<double>()};
      return;
    }
    if (!value->is_array()) return wrong_type(key, "a number or an array of numbers", *value);
    into.clear();
    for (const auto& element : *value) {
      if (!element.is_number()) return wrong_type(key, "an array of numbers", element);
      into.push_back(element.get<double>());
    }
  }

  void wrong_type(std::string_view key, std::string_view expected, const json& value) {
    add(key, fmt::format("{}{} must be {}, not {}", prefix_, key, expected, value.type_name()), {});
  }

  void add(std::string_view key, std::string detail, std::string hint) {
    problems.push_back(Error{.code = Errc::invalid_argument,
                             .detail = std::move(detail),
                             .field = prefix_ + std::string(key),
                             .hint = std::move(hint),
                             .category = Category::config});
  }

  std::vector<Error> problems;

 private:
  const json& object_;
  std::string prefix_;
};

void read_frequency(Reader& reader, ForecastSpec& spec) {
  std::string text;
  reader.text("frequency", text);
  if (text.empty()) return;
  auto frequency = domain::parse_frequency(text);
  if (frequency) {
    spec.frequency = *frequency;
  } else {
    reader.problems.push_back(std::move(frequency.error()));
  }
}

void read_backtest(Reader& reader, ForecastSpec& spec) {
  const auto* value = reader.find("backtest");
  if (value == nullptr) return;
  if (!value->is_object()) return reader.wrong_type("backtest", "an object", *value);
  Reader inner(*value, "backtest.");
  inner.refuse_unknown(backtest_keys);
  inner.integer("windows", spec.backtest.windows);
  inner.integer("gap", spec.backtest.gap);
  inner.choice("window", domain::training_window_names, spec.backtest.window);
  if (inner.find("step") != nullptr) inner.integer("step", spec.backtest.step.emplace(1));
  if (inner.find("size") != nullptr) inner.integer("size", spec.backtest.size.emplace(2));
  std::ranges::move(inner.problems, std::back_inserter(reader.problems));
}

void read_anomalies(Reader& reader, ForecastSpec& spec) {
  const auto* value = reader.find("anomalies");
  if (value == nullptr) return;
  if (!value->is_object()) return reader.wrong_type("anomalies", "an object", *value);
  Reader inner(*value, "anomalies.");
  inner.refuse_unknown(anomaly_keys);
  inner.number("threshold", spec.anomalies.threshold);
  std::ranges::move(inner.problems, std::back_inserter(reader.problems));
}

void read_hyperparameters(Reader& reader, ForecastSpec& spec) {
  const auto* value = reader.find("hyperparameters");
  if (value == nullptr) return;
  if (!value->is_object()) return reader.wrong_type("hyperparameters", "an object", *value);
  for (const auto& [model, parameters] : value->items()) {
    if (parameters.is_object()) {
      spec.hyperparameters[model] = parameters.dump();
    } else {
      reader.wrong_type("hyperparameters." + model, "an object", parameters);
    }
  }
}

// True when rows came along instead of a path.
bool read_inline_data(Reader& reader) {
  const auto* value = reader.find("data");
  if (value == nullptr) return false;
  if (value->is_array() && !value->empty()) return true;
  reader.add("data", "data must be a non-empty array of rows", "each row is an object of columns");
  return true;
}

ForecastSpec read_spec(Reader& reader) {
  ForecastSpec spec;
  reader.text("data_path", spec.data_path);
  reader.text("target_col", spec.target_col);
  reader.text("time_col", spec.time_col);
  reader.text("segment_col", spec.segment_col);
  if (reader.find("segment_id") != nullptr) reader.text("segment_id", spec.segment_id.emplace());
  reader.integer("horizon", spec.horizon);
  read_frequency(reader, spec);
  spec.models = {"auto"};
  reader.texts("models", spec.models);
  reader.texts("covariates", spec.covariates);
  reader.numbers("level", spec.levels);
  reader.text("metric", spec.metric);
  read_backtest(reader, spec);
  read_anomalies(reader, spec);
  reader.number("time_budget_seconds", spec.time_budget);
  reader.integer("data_rows", spec.data_rows);
  reader.integer("seed", spec.seed);
  reader.text("executor", spec.executor);
  reader.integer("priority", spec.priority);
  read_hyperparameters(reader, spec);
  if (const auto* holidays = reader.find("holidays")) spec.holidays = holidays->dump();
  reader.text("drill", spec.drill);
  return spec;
}

}  // namespace

std::expected<ForecastSpec, std::vector<Error>> parse_forecast_spec(
    std::string_view text, const domain::SpecRules& rules) {
  const auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) {
    return std::unexpected(std::vector{Error{.code = Errc::invalid_argument,
                                             .detail = "config is not a JSON object",
                                             .field = "config",
                                             .category = Category::config}});
  }
  Reader reader(parsed);
  reader.refuse_unknown(known_keys);
  auto spec = read_spec(reader);
  const bool is_inline = read_inline_data(reader);
  for (auto& problem : domain::problems_of(spec, rules)) {
    if (problem.field == "data_path" && is_inline) continue;
    const auto same_field = [&](const Error& other) { return other.field == problem.field; };
    if (std::ranges::any_of(reader.problems, same_field)) continue;
    reader.problems.push_back(std::move(problem));
  }
  if (!reader.problems.empty()) return std::unexpected(std::move(reader.problems));
  return spec;
}

std::string to_json(const ForecastSpec& spec) {
  const ForecastSpec defaults;
  json out = json::object();
  const auto set = [&](const char* key, const auto& value, const auto& standard) {
    if (value != standard) out[key] = value;
  };
  set("data_path", spec.data_path, defaults.data_path);
  set("target_col", spec.target_col, defaults.target_col);
  set("time_col", spec.time_col, defaults.time_col);
  set("segment_col", spec.segment_col, defaults.segment_col);
  if (spec.segment_id) out["segment_id"] = *spec.segment_id;
  set("horizon", spec.horizon, defaults.horizon);
  if (spec.frequency) out["frequency"] = domain::to_string(*spec.frequency);
  set("models", spec.models, std::vector<std::string>{"auto"});
  set("covariates", spec.covariates, defaults.covariates);
  set("level", spec.levels, defaults.levels);
  set("metric", spec.metric, defaults.metric);
  auto& backtest =
      out["backtest"] = {{"windows", spec.backtest.windows}, {"gap", spec.backtest.gap}};
  if (spec.backtest.step) backtest["step"] = *spec.backtest.step;
  if (spec.backtest.size) backtest["size"] = *spec.backtest.size;
  if (spec.backtest.window != defaults.backtest.window) {
    backtest["window"] =
        domain::training_window_names[static_cast<std::size_t>(spec.backtest.window)];
  }
  if (spec.anomalies.threshold != defaults.anomalies.threshold)
    out["anomalies"]["threshold"] = spec.anomalies.threshold;
  set("time_budget_seconds", spec.time_budget, defaults.time_budget);
  set("data_rows", spec.data_rows, defaults.data_rows);
  set("seed", spec.seed, defaults.seed);
  set("executor", spec.executor, defaults.executor);
  set("priority", spec.priority, defaults.priority);
  for (const auto& [model, parameters] : spec.hyperparameters) {
    out["hyperparameters"][model] = json::parse(parameters, nullptr, false);
  }
  if (!spec.holidays.empty()) out["holidays"] = json::parse(spec.holidays, nullptr, false);
  set("drill", spec.drill, defaults.drill);
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace trainyard::wire
