#include "common/adapters/delta/log_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace trainyard::delta {
namespace {

class LocalLogFiles final : public LogFiles {
 public:
  explicit LocalLogFiles(const std::string& table)
      : folder_(std::filesystem::path(table) / "_delta_log") {}

  Result<std::string> read(const std::string& name) override {
    std::ifstream file(folder_ / name, std::ios::binary);
    if (!file) return fail(Errc::not_found, "there is no file " + (folder_ / name).string());
    std::ostringstream content;
    content << file.rdbuf();
    if (file.bad()) return fail(Errc::unavailable, "cannot read " + (folder_ / name).string());
    return std::move(content).str();
  }

  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder_, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
      names.push_back(entry->path().filename());
    if (!error || error == std::errc::no_such_file_or_directory) return names;
    return fail(Errc::unavailable, folder_.string() + ": " + error.message());
  }

  bool exists(const std::string& name) override {
    std::error_code error;
    return std::filesystem::exists(folder_ / name, error);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<LogFiles> local_log_files(const std::string& table) {
  return std::make_unique<LocalLogFiles>(table);
}

}  // namespace trainyard::delta
