#pragma once

#include "common/adapters/kafka/kafka_client.hpp"
#include "common/adapters/kafka/trouble.hpp"
#include "common/ports/event_bus.hpp"

#include <atomic>
#include <functional>
#include <span>
#include <thread>

namespace trainyard::kafka {

using Report = std::function<void(std::size_t, Result<void>)>;

// One idempotent producer and the thread that gives its reports. Once it is broken (a fatal error
// of the idempotence protocol, as after a topic was deleted) it refuses everything, and a new one
// has to take over. Thread-safe. Destruction waits for what is in flight, within a bound.
class KafkaProducer {
 public:
  KafkaProducer(log::Log log, const KafkaOptions& options);
  ~KafkaProducer();

  // `partitions[i]` is where the i-th goes; any_partition: where its key says.
  static constexpr int any_partition = RD_KAFKA_PARTITION_UA;
  void publish(std::span<const ports::Message> messages, std::span<const int> partitions,
               const Report& report);
  bool is_broken() const { return broken_; }
  rd_kafka_t& client() { return *client_; }
  Trouble& trouble() { return trouble_; }

 private:
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* self);
  static void on_error(rd_kafka_t*, int code, const char* reason, void* self);
  rd_kafka_resp_err_t send(const ports::Message& message, int partition, void* slot);
  void give_reports();

  log::Log log_;
  milliseconds closing_timeout_;
  std::atomic<bool> broken_ = false;
  std::atomic<bool> away_ = false;
  Trouble trouble_;
  std::atomic<bool> stopping_ = false;
  ClientHandle client_;
  std::thread reporter_;
};

}  // namespace trainyard::kafka
