#pragma once

#include "common/base/error.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace trainyard::http {

// A file that is being received: gone again unless keep() is called, so what stops half-way leaves
// nothing behind. Not thread-safe; its calls block.
class UploadFile {
 public:
  // Errors of all: exhausted (the disk is full), unavailable (it cannot be written to).
  static Result<UploadFile> create(const std::filesystem::path& dir, std::string_view extension);
  UploadFile(UploadFile&&) noexcept = default;
  UploadFile& operator=(UploadFile&&) = delete;
  ~UploadFile();

  Result<void> write(std::string_view bytes);
  Result<void> close();
  void keep() { kept_ = true; }
  const std::filesystem::path& path() const { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  UploadFile(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;  // empty after a move
  std::unique_ptr<std::FILE, Close> file_;
  bool kept_ = false;
};

}  // namespace trainyard::http
