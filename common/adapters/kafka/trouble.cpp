#include "common/adapters/kafka/trouble.hpp"

#include <fmt/format.h>

namespace trainyard::kafka {
namespace {

// Null for what says nothing about the way to the brokers.
const char* hint_for(rd_kafka_resp_err_t error, std::string_view reason) {
  // A broker that refuses our certificate says so after the handshake, as TLS 1.3 has it.
  if (reason.contains("SSL alert")) error = RD_KAFKA_RESP_ERR__SSL;
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return "check kafka.sasl_mechanism, kafka.sasl_username and kafka.sasl_password";
    case RD_KAFKA_RESP_ERR__SSL:
      return "check kafka.ssl_ca_location and, if the brokers ask for a certificate, "
             "kafka.ssl_certificate_location and kafka.ssl_key_location";
    case RD_KAFKA_RESP_ERR__TRANSPORT:
      return unreached_hint;
    case RD_KAFKA_RESP_ERR__RESOLVE:
      return "check the host names in kafka.brokers";
    default:
      return nullptr;
  }
}

}  // namespace

void Trouble::note(rd_kafka_resp_err_t error, std::string_view reason) {
  const char* hint = hint_for(error, reason);
  if (hint == nullptr) return;
  const std::lock_guard lock(mutex_);
  cause_ = {std::string(reason), hint};
}

void Trouble::over() {
  const std::lock_guard lock(mutex_);
  cause_.reset();
}

Error Trouble::explain(Error error) const {
  const std::lock_guard lock(mutex_);
  if (error.code != Errc::unavailable || !cause_) return error;
  error.detail = fmt::format("{}: {}", error.detail, cause_->reason);
  error.hint = cause_->hint;
  return error;
}

}  // namespace trainyard::kafka
