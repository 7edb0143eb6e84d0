#pragma once

#include "common/base/error.hpp"
#include "common/config/settings.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainyard::config {

// One setting: its names in the file ("http.port"), in the environment and as a flag
// ("--http-port"), what it is for, and how its text becomes a value.
struct Setting {
  std::string_view key;
  std::vector<std::string_view> environment;  // the first is ours, others keep older names working
  std::string_view description;
  std::string_view expected;  // "1 to 65535", for messages
  std::function<Result<void>(Settings&, std::string_view text)> set;
  std::function<std::string(const Settings&)> show;  // secrets appear as ***

  std::string flag() const;  // "--http-port"
};

const std::vector<Setting>& setting_table();

}  // namespace trainyard::config
