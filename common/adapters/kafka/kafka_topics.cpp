#include "common/adapters/kafka/kafka_topics.hpp"

#include "common/adapters/kafka/kafka_error.hpp"

#include <fmt/format.h>

#include <array>
#include <thread>

namespace trainyard::kafka {
namespace {

constexpr milliseconds retry_interval{50};
constexpr std::chrono::seconds count_age{60};

}  // namespace

Result<void> KafkaTopics::ensure(rd_kafka_t& client, const std::vector<std::string>& topics) {
  std::vector<std::string> missing;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& topic : topics) {
      if (!known_.contains(topic)) missing.push_back(topic);
    }
  }
  if (missing.empty()) return {};
  TRY_DO(create(client, missing));
  const std::lock_guard lock(mutex_);
  known_.insert(missing.begin(), missing.end());
  return {};
}

Result<void> KafkaTopics::create(rd_kafka_t& client, const std::vector<std::string>& topics) {
  std::array<char, 256> reason{};
  std::vector<NewTopicHandle> owned;
  std::vector<rd_kafka_NewTopic_t*> wanted;
  for (const auto& topic : topics) {
    const auto own = options_.partitions_of.find(topic);
    const int partitions = own == options_.partitions_of.end() ? options_.partitions : own->second;
    owned.emplace_back(rd_kafka_NewTopic_new(topic.c_str(), partitions, options_.replication,
                                             reason.data(), reason.size()));
    if (!owned.back()) {
      return fail(Errc::invalid_argument, fmt::format("kafka, topic {}: {}", topic, reason.data()));
    }
    wanted.push_back(owned.back().get());
  }
  const AdminOptionsHandle admin(
      rd_kafka_AdminOptions_new(&client, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(admin.get(), timeout(), reason.data(), reason.size());
  const QueueHandle queue(rd_kafka_queue_new(&client));
  rd_kafka_CreateTopics(&client, wanted.data(), wanted.size(), admin.get(), queue.get());
  const EventHandle event(rd_kafka_queue_poll(queue.get(), timeout() + 1'000));
  if (!event) return fail(to_error(RD_KAFKA_RESP_ERR__TIMED_OUT, "create topics"));
  if (const auto error = rd_kafka_event_error(event.get())) {
    return fail(to_error(error, "create topics"));
  }
  std::size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    // Without the right to make it, it has to be there already; using it will tell.
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS &&
        error != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED &&
        error != RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
      return fail(
          to_error(error, fmt::format("create topic {}", rd_kafka_topic_result_name(results[i]))));
    }
  }
  return {};
}

Result<int> KafkaTopics::partition_count(rd_kafka_t& client, const std::string& topic) {
  const TopicHandle handle(rd_kafka_topic_new(&client, topic.c_str(), nullptr));
  if (!handle) return fail(to_error(rd_kafka_last_error(), "open topic " + topic));
  const auto deadline = std::chrono::steady_clock::now() + options_.request_timeout;
  while (true) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(&client, 0, handle.get(), &raw, timeout());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(to_error(error, "metadata of " + topic));
    const MetadataHandle metadata(raw);
    const auto& found = metadata->topics[0];
    const bool has_leaders =
        std::all_of(found.partitions, found.partitions + found.partition_cnt,
                    [](const auto& partition) { return partition.leader >= 0; });
    if (found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt > 0 && has_leaders) {
      return found.partition_cnt;
    }
    // A topic that was just made is not known everywhere at once.
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(to_error(found.err == RD_KAFKA_RESP_ERR_NO_ERROR
                               ? RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
                               : found.err,
                           "metadata of " + topic));
    }
    rd_kafka_poll(&client, 20);
  }
}

Result<std::vector<ports::Position>> KafkaTopics::end_of(rd_kafka_t& client,
                                                         const std::string& topic) {
  TRY_DO(ensure(client, {topic}));
  // A topic that was just made, or whose leader moves, is passing trouble.
  const auto deadline = std::chrono::steady_clock::now() + options_.request_timeout;
  while (true) {
    auto ends = ask_end_of(client, topic);
    const bool may_pass =
        !ends && (ends.error().code == Errc::unavailable || ends.error().code == Errc::not_found);
    if (!may_pass || std::chrono::steady_clock::now() >= deadline) return ends;
    rd_kafka_poll(&client, static_cast<int>(retry_interval.count()));
  }
}

Result<std::vector<ports::Position>> KafkaTopics::ask_end_of(rd_kafka_t& client,
                                                             const std::string& topic) {
  TRY(const auto epoch, epoch_of(client, topic));
  TRY(const int count, partition_count(client, topic));
  const PartitionsHandle partitions(rd_kafka_topic_partition_list_new(count));
  for (int p = 0; p < count; ++p) {
    // In a query by time, END asks for the end.
    rd_kafka_topic_partition_list_add(partitions.get(), topic.c_str(), p)->offset =
        RD_KAFKA_OFFSET_END;
  }
  const auto error = rd_kafka_offsets_for_times(&client, partitions.get(), timeout());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(to_error(error, "end of " + topic));
  std::vector<ports::Position> ends;
  for (int p = 0; p < partitions->cnt; ++p) {
    const auto& end = partitions->elems[p];
    if (end.err != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(to_error(end.err, "end of " + topic));
    ends.push_back({epoch, end.partition, end.offset});
  }
  return ends;
}

int KafkaTopics::partitions_of(rd_kafka_t& client, const std::string& topic) {
  {
    const std::lock_guard lock(mutex_);
    auto& counted = counted_[topic];
    const auto now = std::chrono::steady_clock::now();
    if (counted.partitions > 0 && now - counted.asked_at < count_age) return counted.partitions;
    counted.asked_at = now;  // while one asks, the others go by what was known
  }
  const auto count = partition_count(client, topic);
  const std::lock_guard lock(mutex_);
  auto& counted = counted_[topic];
  if (count) counted.partitions = *count;
  return counted.partitions;
}

Result<std::string> KafkaTopics::epoch_of(rd_kafka_t& client, const std::string& topic) {
  const std::lock_guard lock(mutex_);
  if (cluster_.empty()) {
    char* id = rd_kafka_clusterid(&client, timeout());
    if (id == nullptr) return fail(to_error(RD_KAFKA_RESP_ERR__TRANSPORT, "cluster id"));
    cluster_ = id;
    rd_kafka_mem_free(&client, id);
  }
  return fmt::format("{}/{}", cluster_, topic);
}

}  // namespace trainyard::kafka
