#include "common/adapters/filesystem/file_cache.hpp"

#include "common/base/uuid.hpp"
#include "common/runtime/pause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace trainyard::filesystem {
namespace {

constexpr std::chrono::minutes kept_after_use{10};
constexpr std::chrono::milliseconds lock_poll{50};
constexpr std::string_view lock_end = ".lock";

std::unexpected<Error> failure(const std::filesystem::path& path, int code) {
  const auto full = code == ENOSPC || code == EDQUOT;
  return fail(full ? Errc::exhausted : Errc::unavailable,
              fmt::format("cannot keep '{}': {}", path.string(), std::strerror(code)));
}

// Held by one process or thread at a time, and given up when its holder dies.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {}
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  bool try_take() const { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int descriptor_;
};

// The time of change stays: it tells others that the content did.
void note_use(const std::filesystem::path& path) {
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_NOW},
                            {.tv_sec = 0, .tv_nsec = UTIME_OMIT}};
  ::utimensat(AT_FDCWD, path.c_str(), times, 0);
}

struct Kept {
  std::filesystem::path path;
  std::int64_t bytes;
  std::int64_t used_at;  // seconds since the epoch
};

std::optional<Kept> look_at(const std::filesystem::path& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Kept{path, status.st_size, std::max(status.st_atim.tv_sec, status.st_mtim.tv_sec)};
}

}  // namespace

Result<std::filesystem::path> FileCache::get(const std::string& name, const Make& make,
                                             std::stop_token stop) {
  const auto path = directory_ / name;
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return failure(directory_, error.value());
  const FileLock lock(path.string() + std::string(lock_end));
  if (!lock.is_open()) return failure(path, errno);
  while (!lock.try_take()) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failure(path, errno);
    if (runtime::pause_for(stop, lock_poll)) {
      return fail(Errc::cancelled, "waiting for the data was stopped");
    }
  }
  if (std::filesystem::exists(path, error)) {
    note_use(path);
    return path;
  }
  const std::filesystem::path partial =
      fmt::format("{}.{}{}", path.string(), Uuid::make_v7().to_string(), path.extension().string());
  if (auto made = make(partial); !made) {
    std::filesystem::remove(partial, error);
    return std::unexpected(std::move(made).error());
  }
  std::filesystem::rename(partial, path, error);
  if (error) return failure(path, error.value());
  prune();
  return path;
}

// What a crashed process left half made is as old as its last write, and goes likewise.
void FileCache::prune() const {
  std::vector<Kept> all;
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    auto kept = look_at(entry.path());
    if (!kept) continue;
    bytes += kept->bytes;
    all.push_back(*std::move(kept));
  }
  std::ranges::sort(all, {}, &Kept::used_at);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto recent =
      std::chrono::duration_cast<std::chrono::seconds>(now - kept_after_use).count();
  for (const auto& each : all) {
    if (bytes <= bytes_max_ || each.used_at > recent) return;
    std::filesystem::remove(each.path, error);
    bytes -= each.bytes;
  }
}

}  // namespace trainyard::filesystem
