#include "api/service/request_ledger.hpp"

#include <fmt/format.h>

namespace trainyard::service {
namespace {

constexpr std::chrono::hours kept_for{24};
constexpr std::chrono::seconds done_within{30};
constexpr unsigned keeps_per_sweep = 100;
constexpr int swept_max = 1'000;

Error about_key(Errc code, std::string detail, std::string hint) {
  return {.code = code,
          .detail = std::move(detail),
          .field = "Idempotency-Key",
          .hint = std::move(hint)};
}

}  // namespace

Result<RequestLedger::Begun> RequestLedger::begin(const ports::RequestKey& key,
                                                  const std::string& fingerprint, TimePoint now) {
  TRY(auto begun, store_.begin(key, fingerprint, Uuid::make_v7()));
  auto& request = begun.request;
  if (request.fingerprint != fingerprint) {
    return fail(about_key(
        Errc::invalid_argument,
        fmt::format("'{}' names another request, of {}", key.key, to_iso8601(request.begun_at)),
        "use a new key for a new request"));
  }
  if (request.answer) return Begun(*std::move(request.answer));
  if (!begun.is_new && now - request.begun_at < done_within) {
    return fail(about_key(Errc::conflict, "the request under this key is being done",
                          "send it again in some seconds to get its answer"));
  }
  return Begun(Do{.seed = request.seed});
}

Result<void> RequestLedger::keep(const ports::RequestKey& key, const ports::KeptAnswer& answer) {
  TRY_DO(store_.keep(key, answer));
  if (++kept_ % keeps_per_sweep == 0) TRY_DO(store_.expire(kept_for, swept_max));
  return {};
}

}  // namespace trainyard::service
