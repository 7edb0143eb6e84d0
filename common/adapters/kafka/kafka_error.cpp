#include "common/adapters/kafka/kafka_error.hpp"

#include <fmt/format.h>

namespace trainyard::kafka {
namespace {

Errc code_of(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Errc::too_large;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      return Errc::forbidden;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return Errc::not_found;
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
      return Errc::invalid_argument;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return Errc::exhausted;
    // All else is the broker's or the network's trouble, and may pass.
    default:
      return Errc::unavailable;
  }
}

}  // namespace

Error to_error(rd_kafka_resp_err_t error, std::string_view what) {
  return {.code = code_of(error),
          .detail = fmt::format("kafka, {}: {}", what, rd_kafka_err2str(error))};
}

}  // namespace trainyard::kafka
