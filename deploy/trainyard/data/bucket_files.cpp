#include "deploy/trainyard/data/bucket_files.hpp"

#include "common/crypto/digest.hpp"

#include <fmt/format.h>

#include <fstream>

namespace trainyard {
namespace {

constexpr std::int64_t piece_bytes = std::int64_t{8} << 20;
constexpr int tries_max = 3;  // against somebody who replaces the object meanwhile

}  // namespace

Result<std::filesystem::path> BucketFiles::fetch(const domain::BucketPath& object,
                                                 const OnPiece& on_piece, std::stop_token stop) {
  for (int tries = 1;; ++tries) {
    TRY(const auto state, client_->state(object, stop));
    auto fetched = keep(
        object, fmt::format("{}\n{}\n{}", object.uri(), state.etag, state.size),
        [&](const auto& into) { return download(object, state, into, on_piece, stop); }, stop);
    if (fetched || fetched.error().code != Errc::conflict || tries == tries_max) return fetched;
  }
}

Result<std::filesystem::path> BucketFiles::fetch_once(const domain::BucketPath& object,
                                                      const OnPiece& on_piece,
                                                      std::stop_token stop) {
  const auto make = [&](const std::filesystem::path& into) -> Result<void> {
    TRY(const auto state, client_->state(object, stop));
    return download(object, state, into, on_piece, stop);
  };
  return keep(object, object.uri(), make, stop);
}

// The name keeps the end that tells its format.
Result<std::filesystem::path> BucketFiles::keep(const domain::BucketPath& object,
                                                const std::string& identity,
                                                const filesystem::FileCache::Make& make,
                                                std::stop_token stop) {
  const bool is_parquet = object.key.ends_with(".parquet");
  const auto name = crypto::sha256_hex(identity) + (is_parquet ? ".parquet" : ".csv");
  return cache_.get(name, make, std::move(stop));
}

Result<void> BucketFiles::download(const domain::BucketPath& object, const s3::ObjectState& state,
                                   const std::filesystem::path& into, const OnPiece& on_piece,
                                   const std::stop_token& stop) const {
  if (state.size > cache_.bytes_max()) {
    return fail(Error{.code = Errc::too_large,
                      .detail = fmt::format("{} has {} MB, more than the cache may hold",
                                            object.uri(), state.size >> 20),
                      .hint = "split it, or raise data_cache_bytes_max"});
  }
  std::ofstream file(into, std::ios::binary);
  for (std::int64_t at = 0; at < state.size && file; at += piece_bytes) {
    on_piece();
    TRY(const auto piece, client_->get_range(object, state, at, piece_bytes, stop));
    file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  }
  file.close();
  std::error_code error;
  if (file && static_cast<std::int64_t>(std::filesystem::file_size(into, error)) == state.size) {
    return {};
  }
  return fail(Errc::exhausted, fmt::format("{} could not be written to {}", object.uri(),
                                           into.parent_path().string()));
}

}  // namespace trainyard
