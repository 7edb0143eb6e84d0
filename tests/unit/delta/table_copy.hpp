#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace trainyard::delta {

// A table in a folder of its own, into which the commits of one in tests/data/delta are put, as if
// its writer were at work.
class TableCopy {
 public:
  explicit TableCopy(const std::string& original)
      : original_(std::filesystem::path(TRAINYARD_SOURCE_DIR) / "tests/data/delta" / original) {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("trainyard-table-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
  }
  ~TableCopy() { std::filesystem::remove_all(path_); }
  TableCopy(const TableCopy&) = delete;
  TableCopy& operator=(const TableCopy&) = delete;

  std::string path() const { return path_.string(); }

  void commit(int from, int to) const {
    std::filesystem::create_directories(path_ / "_delta_log");
    for (int version = from; version <= to; ++version)
      std::filesystem::copy_file(original_ / name(version), path_ / name(version));
  }
  void checkpoint(int version) const {
    const auto name = this->name(version).replace_extension(".checkpoint.parquet");
    std::filesystem::copy_file(original_ / name, path_ / name);
  }
  // As much of a commit as a writer has written when it is looked at half-way.
  void commit_half(int version) const {
    std::ifstream whole(original_ / name(version));
    const std::string text(std::istreambuf_iterator<char>(whole), {});
    std::ofstream(path_ / name(version)) << text.substr(0, text.size() / 2);
  }
  void commit_rest(int version) const {
    clean_away(version, version);
    commit(version, version);
  }
  void clean_away(int from, int to) const {
    for (int version = from; version <= to; ++version)
      std::filesystem::remove(path_ / name(version));
  }

 private:
  static std::filesystem::path name(int version) {
    const auto digits = std::to_string(version);
    return std::filesystem::path("_delta_log") /
           (std::string(20 - digits.size(), '0') + digits + ".json");
  }

  std::filesystem::path original_;
  std::filesystem::path path_;
};

}  // namespace trainyard::delta
