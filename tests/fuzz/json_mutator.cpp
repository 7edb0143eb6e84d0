#include "tests/fuzz/json_mutator.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <random>

namespace trainyard::fuzz {
namespace {

using nlohmann::json;

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}

  // Into one of the parts, or here.
  void mutate(json& value) {
    if (value.is_structured() && !value.empty() && draw(40) != 0) {
      auto part = value.begin();
      std::advance(part, draw(value.size()));
      if (draw(40) != 0)
        mutate(*part);
      else
        value.erase(part);
      return;
    }
    if (value.is_string() && mutate_text(value)) return;
    if (value.is_array() && draw(2) == 0)
      resize(value);
    else
      value = replacement(value);
  }

 private:
  std::size_t draw(std::size_t count) { return random_() % count; }

  bool mutate_text(json& value) {
    const auto& text = value.get_ref<const std::string&>();
    if (!text.starts_with('{') || draw(10) == 0) return false;
    auto inner = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!inner.is_object()) return false;
    mutate(inner);
    value = inner.dump();
    return true;
  }

  void resize(json& list) {
    const json last = list.empty() ? json(1.0) : list.back();
    for (std::size_t i = draw(4); i-- > 0;)
      list.push_back(last);
  }

  json replacement(const json& value) {
    static const std::array<json, 28> limits{0,
                                             -0.0,
                                             1,
                                             -1,
                                             2,
                                             7,
                                             0.5,
                                             -0.5,
                                             1.5,
                                             0.999999999,
                                             1e-300,
                                             5e-324,
                                             1e300,
                                             -1e300,
                                             1.7976931348623157e308,
                                             -1.7976931348623157e308,
                                             100,
                                             1000,
                                             100'000,
                                             2'147'483'647,
                                             -2'147'483'648,
                                             4'294'967'296,
                                             9'223'372'036'854'775'807,
                                             18'446'744'073'709'551'615U,
                                             nullptr,
                                             true,
                                             json::array(),
                                             json::object()};
    if (value.is_number() && draw(3) == 0) return value.get<double>() * (draw(2) == 0 ? -1.0 : 1e6);
    if (value.is_boolean() && draw(2) == 0) return !value.get<bool>();
    if (draw(20) == 0) return json::array({1.0, value});
    if (draw(20) == 0) return "text";
    return limits[draw(limits.size())];
  }

  std::minstd_rand random_;
};

}  // namespace

std::optional<std::size_t> mutate_json(std::span<std::uint8_t> room, std::size_t size,
                                       std::uint32_t seed) {
  const auto text = room.first(size);
  auto document = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return std::nullopt;
  Mutator(seed).mutate(document);
  const auto changed = document.dump(-1, ' ', false, json::error_handler_t::replace);
  if (changed.size() > room.size()) return std::nullopt;
  std::ranges::copy(changed, room.begin());
  return changed.size();
}

}  // namespace trainyard::fuzz
