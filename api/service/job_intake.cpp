#include "api/service/job_intake.hpp"

#include "common/domain/table_path.hpp"
#include "common/wire/forecast_spec_json.hpp"

#include <algorithm>

namespace trainyard::service {
namespace {

std::unexpected<Error> refuse_path(Errc code, std::string detail, std::string hint) {
  return fail(Error{.code = code,
                    .detail = std::move(detail),
                    .field = "data_path",
                    .hint = std::move(hint),
                    .category = Category::config});
}

bool is_inside(const std::string& path, const std::vector<std::filesystem::path>& roots) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  return !error && std::ranges::any_of(roots, [&](const auto& root) {
    std::error_code unreadable;
    const auto real_root = std::filesystem::weakly_canonical(root, unreadable);
    return !unreadable && real.string().starts_with((real_root / "").string());
  });
}

Result<void> check_bucket(const std::string& path, const std::vector<domain::BucketPath>& allowed) {
  const auto asked = domain::parse_bucket_path(path);
  if (!asked) {
    return refuse_path(asked.error().code, asked.error().detail, asked.error().hint);
  }
  const auto has_it = [&](const domain::BucketPath& ground) {
    return asked->bucket == ground.bucket &&
           (ground.key.empty() || (asked->key + "/").starts_with(ground.key + "/"));
  };
  if (std::ranges::any_of(allowed, has_it)) return {};
  return refuse_path(Errc::forbidden, "this bucket is not one that data is read from",
                     "upload the file, or have the bucket or its folder added to data_buckets");
}

}  // namespace

Result<domain::ForecastSpec> check_config(std::string_view config, const domain::SpecRules& rules) {
  auto spec = wire::parse_forecast_spec(config, rules);
  if (spec) return *std::move(spec);
  auto problems = std::move(spec).error();
  Error first = std::move(problems.front());
  for (std::size_t i = 1; i < problems.size(); ++i)
    first.detail += "; " + describe(problems[i]);
  return std::unexpected(std::move(first));
}

Result<void> check_data_path(const std::string& path, const DataGround& ground) {
  if (std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return refuse_path(Errc::invalid_argument, "a path has no control characters",
                       "check the path");
  }
  // What is at the end of a table's path must not hide where the rest leads.
  const auto place = domain::parse_table_path(path).table;
  if (domain::is_bucket_path(place)) return check_bucket(place, ground.buckets);
  if (path.contains("://")) {
    return refuse_path(Errc::invalid_argument,
                       "this is an address, and nothing is fetched from there",
                       "upload the file, or name its path on the server or in a bucket");
  }
  if (path.empty() || ground.roots.empty()) return {};
  if (is_inside(place, ground.roots) && is_inside(path, ground.roots)) return {};
  return refuse_path(Errc::forbidden, "this path leads out of the folders that data is read from",
                     "upload the file, or have its folder added to data_roots");
}

Result<domain::NewJob> prepare_job(const JobIntake& intake, const Caller& caller,
                                   const wire::JobRequest& request, Start start) {
  const bool has_rows = !request.inline_data.empty();
  TRY(const auto spec,
      intake.check_config(has_rows ? wire::with_text(request.config, "data_path", "inline.csv")
                                   : request.config));
  if (!has_rows && intake.check_path) TRY_DO(intake.check_path(spec.data_path));
  domain::NewJob job{.id = JobId(caller.new_id()),
                     .user_id = caller.user_id,
                     .config = request.config,
                     .cluster_config = intake.cluster_config ? intake.cluster_config(spec) : "{}",
                     .segment_id = spec.segment_id.value_or(""),
                     .model = spec.models.size() == 1 ? spec.models.front() : std::string(),
                     .correlation_id = caller.correlation_id,
                     .priority = spec.priority,
                     .options = request.options,
                     .unique = request.unique,
                     .submit = start == Start::now};
  if (has_rows) {
    TRY(const auto path, intake.store_rows(request.inline_data));
    job.config = wire::with_text(request.config, "data_path", path);
  }
  return job;
}

}  // namespace trainyard::service
