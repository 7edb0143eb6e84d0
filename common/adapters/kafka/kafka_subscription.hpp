#pragma once

#include "common/adapters/kafka/kafka_client.hpp"
#include "common/adapters/kafka/offset_ledger.hpp"
#include "common/ports/event_bus.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace trainyard::kafka {

// One consumer. With a group: partitions come and go cooperatively, and what may be committed is
// committed in the background of poll(), and for certain when a partition leaves. Without: all
// partitions, from given positions on. poll() is for one thread, the rest for any.
class KafkaSubscription final : public ports::Subscription {
 public:
  struct Start {
    std::string topic;
    std::string epoch;
    std::vector<ports::Position> from;  // without a group
  };

  KafkaSubscription(log::Log log, const KafkaOptions& options,
                    const ports::SubscribeOptions& subscribe, std::vector<Start> starts);
  ~KafkaSubscription() override;

  Result<void> begin();

  Result<std::vector<ports::Delivery>> poll(int limit, milliseconds timeout) override;
  void done(std::span<const ports::Position> positions) override;
  void pause() override;
  void resume() override;
  void wake() override;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using Partition = std::pair<std::string, int>;  // epoch, number

  static void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t what,
                           rd_kafka_topic_partition_list_t* partitions, void* self);
  static void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error,
                        rd_kafka_topic_partition_list_t* partitions, void* self);
  void take_over(const rd_kafka_topic_partition_list_t& partitions);
  void give_up(const rd_kafka_topic_partition_list_t& partitions);

  bool fetch(milliseconds wait);  // one message into the stash; false when there is none
  void drain_stash(std::size_t limit, std::vector<ports::Delivery>& into);
  void sit_out(SteadyTime until);
  void stop_fetching();
  void go_on_fetching();
  milliseconds wait_until(SteadyTime deadline);
  void commit_if_due();
  PartitionsHandle take_committable();
  const std::string& epoch_of(const char* topic) const;

  log::Log log_;
  std::vector<Start> starts_;
  bool has_group_;
  milliseconds commit_interval_;
  std::vector<std::string> topics_;
  std::map<std::string, std::string, std::less<>> epochs_;  // by topic
  std::map<std::string, std::string, std::less<>> names_;   // by epoch

  ClientHandle client_;
  QueueHandle queue_;  // what poll() reads from
  // The polling thread's:
  std::deque<MessageHandle> stash_;  // fetched, not delivered
  bool fetches_ = true;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Partition, OffsetLedger> ledgers_;
  bool has_committable_ = false;
  SteadyTime committed_at_;
  bool paused_ = false;
  bool woken_ = false;
};

}  // namespace trainyard::kafka
