#pragma once

#include "common/base/error.hpp"

#include <librdkafka/rdkafka.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace trainyard::kafka {

// For brokers that are not reached, and say nothing about it.
inline constexpr const char* unreached_hint =
    "check kafka.brokers and kafka.security_protocol, and whether the brokers run";

// Why a client does not reach its brokers. librdkafka's calls only time out; the reason (a refused
// login, an unknown certificate authority, a wrong port) comes to the error callback, and is kept
// here until something succeeds. Thread-safe.
class Trouble {
 public:
  void note(rd_kafka_resp_err_t error, std::string_view reason);
  void over();
  // The same failure with the reason and what to do about it, when a server is unavailable.
  Error explain(Error error) const;

 private:
  struct Cause {
    std::string reason;
    std::string hint;
  };

  mutable std::mutex mutex_;
  std::optional<Cause> cause_;
};

}  // namespace trainyard::kafka
