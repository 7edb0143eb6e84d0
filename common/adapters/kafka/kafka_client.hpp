#pragma once

#include "common/adapters/kafka/kafka_bus.hpp"
#include "common/adapters/kafka/rd_handles.hpp"

#include <map>
#include <string>

namespace trainyard::kafka {

using Properties = std::map<std::string, std::string>;

// What every client of ours has in common: brokers, security, reconnecting. Throws
// std::runtime_error naming the property that librdkafka refuses.
ConfHandle make_conf(const KafkaOptions& options, const Properties& more);

// Takes over `conf`; its opaque pointer is handed to every callback.
ClientHandle make_client(rd_kafka_type_t type, ConfHandle conf);

}  // namespace trainyard::kafka
