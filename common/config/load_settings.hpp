#pragma once

#include "common/config/settings.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trainyard::config {

struct Sources {
  std::optional<std::filesystem::path> file;       // TOML
  std::map<std::string, std::string> environment;  // the process's, whole
  std::map<std::string, std::string> flags;        // by key: "http.port"
};

struct LoadedSettings {
  Settings settings;
  std::vector<Error> problems;  // all of them, each naming the key, variable or flag
};

// Defaults < file < environment < flags. Unknown keys of the file and unknown TRAINYARD_ variables
// are problems (TRAINYARD_TEST_ ones belong to the test suites), and so are settings that do not
// fit together.
LoadedSettings load_settings(const Sources& sources);

// "http.port = 8080  # TRAINYARD_HTTP_PORT, port to listen on…", one line a setting.
std::string print_settings(const Settings& settings);

}  // namespace trainyard::config
