#include "tests/fuzz/request_readers.hpp"

#include "common/adapters/delta/commit_json.hpp"
#include "common/domain/cron.hpp"
#include "common/domain/frequency.hpp"
#include "common/wire/access_requests.hpp"
#include "common/wire/api_requests.hpp"
#include "common/wire/cloud_event.hpp"
#include "common/wire/forecast_spec_json.hpp"
#include "common/wire/limit_json.hpp"
#include "common/wire/live_messages.hpp"
#include "common/wire/rows_csv.hpp"

#include <fmt/format.h>

#include <array>

namespace trainyard::fuzz {
namespace {

using domain::Instant;
using namespace std::chrono_literals;

std::unexpected<Error> broken(std::string promise) {
  return fail(Errc::internal, std::move(promise));
}

template <auto parse>
Result<void> only_parse(std::string_view text) {
  const auto parsed = parse(text);
  return parsed ? Result<void>() : check_blame(parsed.error());
}

Result<void> read_spec(std::string_view config) {
  static constexpr std::array<std::string_view, 3> models{"ets", "auto", "naive"};
  const domain::SpecRules rules{.models = models};
  const auto spec = wire::parse_forecast_spec(config, rules);
  if (!spec) {
    for (const auto& problem : spec.error())
      TRY_DO(check_blame(problem));
    return {};
  }
  if (spec->data_path.empty()) return {};  // rows of its own, which are no part of the spec
  const auto text = wire::to_json(*spec);
  const auto again = wire::parse_forecast_spec(text, rules);
  if (!again) return broken(fmt::format("a spec cannot be read back from {}", text));
  if (wire::to_json(*again) != text) return broken(fmt::format("{} comes back otherwise", text));
  return {};
}

Result<void> read_rows(std::string_view rows) {
  return only_parse<wire::rows_to_csv>(rows);
}

Result<void> read_job(const wire::JobRequest& request) {
  TRY_DO(read_spec(request.config));
  return request.inline_data.empty() ? Result<void>() : read_rows(request.inline_data);
}

Result<void> read_job_request(std::string_view body) {
  const auto request = wire::parse_job_request(body);
  return request ? read_job(*request) : check_blame(request.error());
}

Result<void> read_bulk_request(std::string_view body) {
  const auto request = wire::parse_bulk_request(body);
  if (!request) return check_blame(request.error());
  for (const auto& job : request->jobs)
    TRY_DO(read_job(job));
  return {};
}

Result<void> read_batch_request(std::string_view body) {
  const auto request = wire::parse_batch_request(body);
  if (!request) return check_blame(request.error());
  if (request->models.empty()) return broken("a batch without a model");
  const auto config = wire::with_models(request->job.config, request->models);
  if (wire::models_of(config) != request->models) return broken("a batch loses its models");
  return read_spec(wire::job_config_of(request->job.config, "s", request->models.front()));
}

// Clocks are changed every half year, which is 182 days here.
class SummerTime final : public domain::Zone {
 public:
  domain::ZoneSpan span_at(Instant instant) const override {
    constexpr auto half = std::chrono::seconds(std::chrono::days(182));
    auto count = instant.time_since_epoch() / half;
    if (Instant(count * half) > instant) --count;
    return {.begin = Instant(count * half),
            .end = Instant((count + 1) * half),
            .offset = count % 2 == 0 ? 1h : 2h};
  }
};

Result<void> read_cron(std::string_view text) {
  const auto cron = domain::Cron::parse(text);
  if (!cron) return check_blame(cron.error());
  const SummerTime zone;
  const Instant from = std::chrono::sys_days(2026y / 3 / 1);
  auto last = from;
  for (int i = 0; i < 20; ++i) {
    const auto next = cron->next(zone, last);
    if (!next) return {};
    if (*next <= last) return broken("the next occurrence is not later");
    if (cron->previous(zone, *next) != next) return broken("an occurrence is none looking back");
    if (i > 0 && cron->previous(zone, *next - 1s) != last)
      return broken("looking back misses an occurrence");
    last = *next;
  }
  return {};
}

Result<void> read_frequency(std::string_view text) {
  const auto frequency = domain::parse_frequency(text);
  if (!frequency) return check_blame(frequency.error());
  const auto again = domain::parse_frequency(domain::to_string(*frequency));
  if (!again || *again != *frequency) return broken("a frequency comes back otherwise");
  if (domain::season_length(*frequency) < 1) return broken("a season has no period");
  const TimePoint from = std::chrono::sys_days(2026y / 1 / 31);
  if (domain::advance(from, *frequency, 10) <= from) return broken("time does not advance");
  return {};
}

Result<void> read_time(std::string_view text) {
  const auto time = from_iso8601(text);
  if (!time) return check_blame(time.error());
  const auto again = from_iso8601(to_iso8601(*time));
  if (!again || *again != *time) return broken("a time comes back otherwise");
  return {};
}

Result<void> read_limit(std::string_view body) {
  const auto limit = wire::parse_limit(domain::LimitScope{}, "name", body);
  return limit ? Result<void>() : check_blame(limit.error());
}

Result<void> read_commit(std::string_view text) {
  const auto commit = delta::parse_commit(7, text, "segment");
  return commit ? Result<void>() : check_blame(commit.error());
}

// The seeds name a reader by its place here: new ones come last.
constexpr std::array readers{
    Reader{"job", read_job_request},
    Reader{"bulk", read_bulk_request},
    Reader{"batch", read_batch_request},
    Reader{"config", read_spec},
    Reader{"rows", read_rows},
    Reader{"client message", only_parse<wire::parse_client_message>},
    Reader{"event", only_parse<wire::parse_cloud_event>},
    Reader{"cron", read_cron},
    Reader{"frequency", read_frequency},
    Reader{"time", read_time},
    Reader{"limit", read_limit},
    Reader{"pause", only_parse<wire::parse_pause>},
    Reader{"key", only_parse<wire::parse_key_request>},
    Reader{"commit", read_commit},
};

}  // namespace

std::span<const Reader> request_readers() {
  return readers;
}

Result<void> check_blame(const Error& error) {
  const bool blames_text = error.code == Errc::invalid_argument ||
                           error.code == Errc::corrupt_data || error.code == Errc::not_found;
  if (blames_text && !error.detail.empty()) return {};
  return broken(fmt::format("failed as {}: {}", to_string(error.code), describe(error)));
}

}  // namespace trainyard::fuzz
