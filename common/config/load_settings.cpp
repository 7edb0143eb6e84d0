#include "common/config/load_settings.hpp"

#include "common/config/setting_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <toml++/toml.h>

namespace trainyard::config {
namespace {

constexpr std::string_view own_prefix = "TRAINYARD_";
constexpr std::string_view test_prefix = "TRAINYARD_TEST_";

const Setting* find_by_key(std::string_view key) {
  const auto& table = setting_table();
  const auto found = std::ranges::find(table, key, &Setting::key);
  return found == table.end() ? nullptr : &*found;
}

bool is_known_variable(std::string_view name) {
  return std::ranges::any_of(setting_table(), [&](const Setting& setting) {
    return std::ranges::find(setting.environment, name) != setting.environment.end();
  });
}

bool is_loopback(std::string_view host) {
  return host == "::1" || host.starts_with("127.");
}

class Loader {
 public:
  void set(const Setting& setting, std::string_view text, std::string where) {
    if (auto done = setting.set(loaded_.settings, text); !done) {
      problem(std::move(where), done.error().detail, fmt::format("expected {}", setting.expected));
    }
  }

  void problem(std::string where, std::string what, std::string hint = {}) {
    loaded_.problems.push_back(Error{.code = Errc::invalid_argument,
                                     .detail = std::move(what),
                                     .field = std::move(where),
                                     .hint = std::move(hint)});
  }

  void read_file(const std::filesystem::path& file) {
    try {
      read_table(toml::parse_file(file.string()), "", file.string());
    } catch (const toml::parse_error& error) {
      problem(fmt::format("{}:{}", file.string(), error.source().begin.line),
              std::string(error.description()), "the file must be TOML");
    }
  }

  void read_environment(const std::map<std::string, std::string>& environment) {
    for (const auto& setting : setting_table()) {
      for (const auto name : setting.environment) {
        const auto found = environment.find(std::string(name));
        if (found == environment.end()) continue;
        set(setting, found->second, std::string(name));
        break;
      }
    }
    for (const auto& [name, value] : environment) {
      if (name.starts_with(own_prefix) && !name.starts_with(test_prefix) &&
          !is_known_variable(name)) {
        problem(name, "no setting has this variable", "trainyard --print-config lists them");
      }
    }
  }

  void read_flags(const std::map<std::string, std::string>& flags) {
    for (const auto& [key, text] : flags) {
      if (const auto* setting = find_by_key(key)) set(*setting, text, setting->flag());
    }
  }

  void check_together() {
    const auto& settings = loaded_.settings;
    if (settings.store.type == StoreType::postgres && settings.store.postgres_uri.empty()) {
      problem("store.postgres_uri", "it is needed when store.type is postgres",
              "set TRAINYARD_STORE_POSTGRES_URI");
    }
    const auto& auth = settings.auth;
    if (auth.mode == AuthMode::local && !is_loopback(settings.http.host)) {
      problem(
          "auth.mode",
          fmt::format("listening on {} would let in everybody who reaches it", settings.http.host),
          "set TRAINYARD_AUTH_MODE=required and make a key with `trainyard keys create`; or "
          "=open, where the network itself keeps others out");
    }
    if (!auth.jwks_url.empty() && (auth.jwt_issuer.empty() || auth.jwt_audience.empty())) {
      problem(auth.jwt_issuer.empty() ? "auth.jwt_issuer" : "auth.jwt_audience",
              "it is needed when auth.jwks_url is set",
              "without it the tokens of every issuer's every service would do");
    }
    if (!auth.jwks_url.empty() && auth.mode != AuthMode::required) {
      problem("auth.mode", "auth.jwks_url is set, but no credential is asked for",
              "set TRAINYARD_AUTH_MODE=required");
    }
  }

  LoadedSettings take() && { return std::move(loaded_); }

 private:
  void read_table(const toml::table& table, const std::string& prefix, const std::string& file) {
    for (const auto& [name, node] : table) {
      const auto key = prefix + std::string(name.str());
      if (const auto* inner = node.as_table()) {
        read_table(*inner, key + ".", file);
      } else if (const auto* setting = find_by_key(key)) {
        set(*setting, text_of(node), fmt::format("{}: {}", file, key));
      } else {
        problem(fmt::format("{}: {}", file, key), "no setting has this name",
                "trainyard --print-config lists them");
      }
    }
  }

  static std::string text_of(const toml::node& node) {
    if (const auto text = node.value<std::string>()) return *text;
    if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    return "(a value that is neither text, integer nor boolean)";
  }

  LoadedSettings loaded_;
};

}  // namespace

LoadedSettings load_settings(const Sources& sources) {
  Loader loader;
  if (sources.file) loader.read_file(*sources.file);
  loader.read_environment(sources.environment);
  loader.read_flags(sources.flags);
  loader.check_together();
  return std::move(loader).take();
}

std::string print_settings(const Settings& settings) {
  std::string text;
  for (const auto& setting : setting_table()) {
    text += fmt::format("{} = {}  # {} ({}); {}\n", setting.key, setting.show(settings),
                        setting.description, setting.expected, setting.environment.front());
  }
  return text;
}

}  // namespace trainyard::config
