#include "deploy/trainyard/roles/access.hpp"

#include "api/service/api_keys.hpp"
#include "api/service/identities.hpp"
#include "common/adapters/http_client/http_client.hpp"
#include "common/adapters/jwt/jwt_identity.hpp"

#include <fmt/format.h>

namespace trainyard {
namespace {

using config::AuthMode;

constexpr milliseconds jwks_timeout{5'000};

Result<std::string> fetch_keys(const std::string& url) {
  http_client::HttpClient client(url);
  TRY(auto answer, client.send({.timeout = jwks_timeout}));
  if (answer.status == 200) return std::move(answer.body);
  return fail(Errc::unavailable, fmt::format("{} answered {}", url, answer.status));
}

std::unique_ptr<ports::Identity> make_jwt_identity(const config::Settings::Auth& auth,
                                                   const log::Log& log) {
  if (auth.jwks_url.empty()) return nullptr;
  return std::make_unique<jwt::JwtIdentity>(
      log,
      jwt::JwtOptions{.issuer = auth.jwt_issuer,
                      .audience = auth.jwt_audience,
                      .user_claim = auth.jwt_user_claim,
                      .role_claim = auth.jwt_role_claim},
      jwt::KeySource::Options{.fetch = [url = auth.jwks_url] { return fetch_keys(url); },
                              .refetch_min = auth.jwks_refetch},
      system_clock());
}

}  // namespace

std::unique_ptr<ports::Identity> make_identity(const config::Settings& settings,
                                               const log::Log& log, ports::AccessStore& store) {
  if (settings.auth.mode != AuthMode::required) return std::make_unique<service::OpenIdentity>();
  return std::make_unique<service::RememberingIdentity>(
      std::make_unique<service::SplitIdentity>(
          std::make_unique<service::KeyIdentity>(store, system_clock()),
          make_jwt_identity(settings.auth, log)),
      system_clock(), service::RememberingIdentity::Options{});
}

std::vector<std::string> host_names_of(const config::Settings& settings) {
  if (settings.auth.mode != AuthMode::local) return {};
  return {"localhost", "127.0.0.1", "[::1]", settings.http.host};
}

}  // namespace trainyard
