#pragma once

#include "common/adapters/kafka/kafka_client.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace trainyard::kafka {

// What is asked about topics through some client: making those that are missing, their ends, their
// epochs. Each call blocks for request_timeout at most. Thread-safe.
class KafkaTopics {
 public:
  explicit KafkaTopics(KafkaOptions options) : options_(std::move(options)) {}

  // Makes what does not exist yet; asks the broker once per topic. Errors: unavailable, forbidden.
  Result<void> ensure(rd_kafka_t& client, const std::vector<std::string>& topics);
  // Where the next message of each partition will stand.
  Result<std::vector<ports::Position>> end_of(rd_kafka_t& client, const std::string& topic);
  Result<std::string> epoch_of(rd_kafka_t& client, const std::string& topic);
  // As it was some seconds ago at most; 0 when that was never known.
  int partitions_of(rd_kafka_t& client, const std::string& topic);

 private:
  int timeout() const { return static_cast<int>(options_.request_timeout.count()); }
  Result<std::vector<ports::Position>> ask_end_of(rd_kafka_t& client, const std::string& topic);
  Result<int> partition_count(rd_kafka_t& client, const std::string& topic);
  Result<void> create(rd_kafka_t& client, const std::vector<std::string>& topics);

  KafkaOptions options_;
  std::mutex mutex_;
  std::set<std::string> known_;
  struct Counted {
    int partitions = 0;
    std::chrono::steady_clock::time_point asked_at;
  };
  std::map<std::string, Counted> counted_;
  std::string cluster_;
};

}  // namespace trainyard::kafka
