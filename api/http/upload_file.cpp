#include "api/http/upload_file.hpp"

#include "common/base/uuid.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace trainyard::http {
namespace {

std::unexpected<Error> disk_error(const std::filesystem::path& path, int why) {
  return fail(
      Error{.code = why == ENOSPC || why == EDQUOT ? Errc::exhausted : Errc::unavailable,
            .detail = fmt::format("cannot write {}: {}", path.string(), std::strerror(why))});
}

}  // namespace

Result<UploadFile> UploadFile::create(const std::filesystem::path& dir,
                                      std::string_view extension) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) return disk_error(dir, error.value());
  auto path = dir / (Uuid::make_v7().to_string() + std::string(extension));
  std::FILE* file = std::fopen(path.c_str(), "wxe");
  if (file == nullptr) return disk_error(path, errno);
  return UploadFile(std::move(path), file);
}

UploadFile::~UploadFile() {
  if (kept_ || path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Result<void> UploadFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    return disk_error(path_, errno);
  }
  return {};
}

Result<void> UploadFile::close() {
  if (std::fclose(file_.release()) != 0) return disk_error(path_, errno);
  return {};
}

}  // namespace trainyard::http
