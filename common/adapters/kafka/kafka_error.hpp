#pragma once

#include "common/base/error.hpp"

#include <librdkafka/rdkafka.h>

#include <string_view>

namespace trainyard::kafka {

// librdkafka's failures in our terms; `what` says what was tried ("subscribe").
Error to_error(rd_kafka_resp_err_t error, std::string_view what);

}  // namespace trainyard::kafka
