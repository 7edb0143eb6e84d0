#include "common/adapters/filesystem/directory_artifact_store.hpp"

#include "common/base/uuid.hpp"
#include "common/domain/artifact_name.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace trainyard::filesystem {
namespace {

constexpr std::string_view partial_prefix = ".partial-";

std::unexpected<Error> failure(std::string_view what, std::string_view name, int code) {
  const auto full = code == ENOSPC || code == EDQUOT;
  return fail(full ? Errc::exhausted : Errc::unavailable,
              fmt::format("cannot {} artefact '{}': {}", what, name, std::strerror(code)));
}

class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  bool read(std::string& into) const {
    std::array<char, 1 << 16> buffer{};
    while (true) {
      const auto count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return count == 0;
      into.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int descriptor_;
};

class DirectoryArtifactStore : public ports::ArtifactStore {
 public:
  explicit DirectoryArtifactStore(const std::filesystem::path& root)
      : root_(std::filesystem::absolute(root)) {}

  Result<std::string> put(std::string_view name, std::string_view bytes) override;
  Result<std::string> get(std::string_view name) override;
  Result<void> remove_all(std::string_view prefix) override;

 private:
  std::filesystem::path root_;
};

Result<std::string> DirectoryArtifactStore::put(std::string_view name, std::string_view bytes) {
  TRY_DO(domain::check_artifact_name(name));
  const auto path = root_ / name;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return failure("make a directory for", name, error.value());
  const auto partial =
      path.parent_path() / fmt::format("{}{}", partial_prefix, Uuid::make_v7().to_string());
  {
    const File file(partial, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return failure("write", name, errno);
    if (!file.write(bytes)) {
      const int code = errno;
      ::unlink(partial.c_str());
      return failure("write", name, code);
    }
  }
  std::filesystem::rename(partial, path, error);
  if (error) {
    ::unlink(partial.c_str());
    return failure("write", name, error.value());
  }
  return "file://" + path.string();
}

Result<std::string> DirectoryArtifactStore::get(std::string_view name) {
  TRY_DO(domain::check_artifact_name(name));
  const File file(root_ / name, O_RDONLY);
  if (!file.is_open()) {
    if (errno != ENOENT && errno != ENOTDIR) return failure("read", name, errno);
    return fail(Errc::not_found, fmt::format("there is no artefact '{}'", name));
  }
  std::string bytes;
  if (!file.read(bytes)) {
    if (errno == EISDIR) {
      return fail(Errc::not_found, fmt::format("there is no artefact '{}'", name));
    }
    return failure("read", name, errno);
  }
  return bytes;
}

Result<void> DirectoryArtifactStore::remove_all(std::string_view prefix) {
  TRY_DO(domain::check_artifact_name(prefix));
  std::error_code error;
  std::filesystem::remove_all(root_ / prefix, error);
  if (error) return failure("remove", prefix, error.value());
  return {};
}

}  // namespace

std::unique_ptr<ports::ArtifactStore> open_artifact_store(const std::filesystem::path& root) {
  return std::make_unique<DirectoryArtifactStore>(root);
}

}  // namespace trainyard::filesystem
