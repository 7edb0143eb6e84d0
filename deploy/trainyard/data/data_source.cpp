#include "deploy/trainyard/data/data_source.hpp"

#include "common/domain/table_path.hpp"
#include "deploy/trainyard/data/bucket_files.hpp"
#include "deploy/trainyard/data/bucket_log_files.hpp"
#include "deploy/trainyard/data/delta_file.hpp"
#include "deploy/trainyard/roles/storage.hpp"

#include <fmt/format.h>

namespace trainyard {
namespace {

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

class EveryDataSource final : public ports::DataSource {
 public:
  explicit EveryDataSource(const config::Settings& settings)
      : client_(make_s3_client(settings)),
        cache_(std::filesystem::absolute(settings.data_dir) / "cache", settings.s3.cache_bytes_max),
        files_(client_, cache_) {}

  Result<std::string> bring(const std::string& path, const std::function<void()>& on_piece,
                            std::stop_token stop) override {
    auto brought = domain::is_bucket_path(path) ? bring_from_bucket(path, on_piece, std::move(stop))
                                                : bring_local(path, std::move(stop));
    if (brought) return brought->string();
    auto error = std::move(brought).error();
    if (error.field.empty()) error.field = "data_path";
    return fail(std::move(error));
  }

 private:
  // A file has no versions, and is read as it is.
  Result<std::filesystem::path> bring_local(const std::string& path, std::stop_token stop) {
    const auto asked = is_there(path) ? domain::TablePath{path} : domain::parse_table_path(path);
    const std::filesystem::path folder(asked.table);
    if (!is_there(folder / "_delta_log")) return folder;
    return write_delta_table(
        {.path = folder.string(),
         .log = delta::local_log_files(folder.string()),
         .fetch = [&](const std::string& name) -> Result<std::filesystem::path> {
           if (!is_there(folder / name)) return fail(Errc::not_found, "there is no file " + name);
           return folder / name;
         }},
        asked.version, cache_, std::move(stop));
  }

  Result<std::filesystem::path> bring_from_bucket(const std::string& path,
                                                  const BucketFiles::OnPiece& on_piece,
                                                  std::stop_token stop) {
    const auto asked = domain::parse_table_path(path);
    TRY(const auto place, domain::parse_bucket_path(asked.table));
    if (!asked.version && !place.key.empty()) {
      auto file = files_.fetch(place, on_piece, stop);
      if (file || file.error().code != Errc::not_found) return file;
    }
    auto log = bucket_log_files(client_, place);
    TRY(const auto names, log->list());
    if (names.empty()) {
      return fail(Error{.code = Errc::not_found,
                        .detail = fmt::format("there is no object and no Delta table {}", path),
                        .hint = "check the path, and that S3_ENDPOINT is right",
                        .category = Category::data});
    }
    return write_delta_table({.path = place.uri(),
                              .log = std::move(log),
                              .fetch =
                                  [&](const std::string& name) {
                                    return files_.fetch_once(place / name, on_piece, stop);
                                  }},
                             asked.version, cache_, stop);
  }

  std::shared_ptr<s3::S3Client> client_;
  filesystem::FileCache cache_;
  BucketFiles files_;
};

}  // namespace

std::shared_ptr<ports::DataSource> make_data_source(const config::Settings& settings) {
  return std::make_shared<EveryDataSource>(settings);
}

}  // namespace trainyard
