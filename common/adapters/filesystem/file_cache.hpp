#pragma once

#include "common/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace trainyard::filesystem {

// Files that are costly to make, by a name that says all about their content. A file is made by one
// process at a time, and appears complete or not at all; those that wait for it find it. When all
// are larger than `bytes_max` the longest unused go, but none that was used in the last ten
// minutes. Thread-safe, also between processes.
class FileCache {
 public:
  using Make = std::function<Result<void>(const std::filesystem::path& into)>;

  FileCache(std::filesystem::path directory, std::int64_t bytes_max)
      : directory_(std::move(directory)), bytes_max_(bytes_max) {}

  // `name` is a file's name of [A-Za-z0-9._-]. Errors: those of `make`, cancelled, unavailable.
  Result<std::filesystem::path> get(const std::string& name, const Make& make,
                                    std::stop_token stop);
  std::int64_t bytes_max() const { return bytes_max_; }

 private:
  void prune() const;

  std::filesystem::path directory_;
  std::int64_t bytes_max_;
};

}  // namespace trainyard::filesystem
