#include "common/adapters/kafka/kafka_subscription.hpp"

#include "common/adapters/kafka/kafka_error.hpp"

#include <array>
#include <string_view>

namespace trainyard::kafka {
namespace {

using std::chrono::steady_clock;

// While paused the client is served this often, so that it answers when partitions move.
constexpr milliseconds paused_slice{250};

ports::Message to_message(const rd_kafka_message_t& raw) {
  ports::Message message{.topic = rd_kafka_topic_name(raw.rkt),
                         .key = std::string(static_cast<const char*>(raw.key), raw.key_len),
                         .value = std::string(static_cast<const char*>(raw.payload), raw.len),
                         .headers = {}};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&raw, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return message;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    message.headers.insert_or_assign(name, std::string(static_cast<const char*>(value), size));
  }
  return message;
}

Properties consumer_properties(const KafkaOptions& options,
                               const ports::SubscribeOptions& subscribe) {
  return {
      {"group.id", subscribe.group.value_or("trainyard-readers-without-group")},
      {"partition.assignment.strategy", "cooperative-sticky"},
      {"session.timeout.ms", std::to_string(options.session_timeout.count())},
      {"heartbeat.interval.ms", std::to_string(options.session_timeout.count() / 5)},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},
      {"fetch.min.bytes", "1"},
      // A fetch that waits for news holds up a partition that joins meanwhile.
      {"fetch.wait.max.ms", "100"},
      {"fetch.error.backoff.ms", "50"},
      {"queued.min.messages", "10000"},
      {"queued.max.messages.kbytes", "16384"},
      {"fetch.queue.backoff.ms", "10"},  // by which a full queue is refilled
  };
}

}  // namespace

KafkaSubscription::KafkaSubscription(log::Log log, const KafkaOptions& options,
                                     const ports::SubscribeOptions& subscribe,
                                     std::vector<Start> starts)
    : log_(std::move(log)),
      starts_(std::move(starts)),
      has_group_(subscribe.group.has_value()),
      commit_interval_(options.commit_interval) {
  for (const auto& start : starts_) {
    epochs_.emplace(start.topic, start.epoch);
    names_.emplace(start.epoch, start.topic);
  }
  auto conf = make_conf(options, consumer_properties(options, subscribe));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
  client_ = make_client(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
}

Result<void> KafkaSubscription::begin() {
  const PartitionsHandle wanted(rd_kafka_topic_partition_list_new(8));
  for (const auto& start : starts_) {
    if (has_group_) {
      rd_kafka_topic_partition_list_add(wanted.get(), start.topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    for (const auto& position : start.from) {
      rd_kafka_topic_partition_list_add(wanted.get(), start.topic.c_str(), position.partition)
          ->offset = position.offset;
    }
  }
  const auto error = has_group_ ? rd_kafka_subscribe(client_.get(), wanted.get())
                                : rd_kafka_assign(client_.get(), wanted.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fail(to_error(error, "subscribe"));
  return {};
}

KafkaSubscription::~KafkaSubscription() {
  stash_.clear();
  queue_.reset();
  // Revokes every partition, which commits what is done.
  rd_kafka_consumer_close(client_.get());
}

Result<std::vector<ports::Delivery>> KafkaSubscription::poll(int limit, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  const auto wanted = static_cast<std::size_t>(std::max(0, limit));
  std::vector<ports::Delivery> deliveries;
  while (true) {
    commit_if_due();
    std::unique_lock lock(mutex_);
    if (std::exchange(woken_, false)) return deliveries;
    const bool is_paused = paused_;
    lock.unlock();
    if (is_paused) {
      sit_out(std::min(deadline, steady_clock::now() + paused_slice));
    } else {
      go_on_fetching();
      if (stash_.empty()) fetch(wait_until(deadline));
      while (stash_.size() < wanted && fetch(milliseconds(0)))
        continue;
      drain_stash(wanted, deliveries);
      if (!deliveries.empty()) return deliveries;
    }
    std::array<char, 256> detail{};
    if (rd_kafka_fatal_error(client_.get(), detail.data(), detail.size())) {
      return fail(Errc::unavailable, std::string("kafka, poll: ") + detail.data());
    }
    if (steady_clock::now() >= deadline) {
      lock.lock();
      woken_ = false;
      return deliveries;
    }
  }
}

// Until the deadline, or until something is to be committed.
milliseconds KafkaSubscription::wait_until(SteadyTime deadline) {
  const std::lock_guard lock(mutex_);
  if (woken_) return milliseconds(0);
  const auto until =
      has_committable_ ? std::min(deadline, committed_at_ + commit_interval_) : deadline;
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
  return std::clamp(left, milliseconds(0), milliseconds(std::chrono::hours(1)));
}

bool KafkaSubscription::fetch(milliseconds wait) {
  MessageHandle message(rd_kafka_consumer_poll(client_.get(), static_cast<int>(wait.count())));
  if (!message) return false;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_.debug("kafka consumer trouble", {{"error", rd_kafka_message_errstr(message.get())}});
    return true;
  }
  stash_.push_back(std::move(message));
  return true;
}

void KafkaSubscription::drain_stash(std::size_t limit, std::vector<ports::Delivery>& into) {
  const std::lock_guard lock(mutex_);
  for (; !stash_.empty() && into.size() < limit; stash_.pop_front()) {
    const auto& raw = *stash_.front();
    const auto& epoch = epoch_of(rd_kafka_topic_name(raw.rkt));
    if (has_group_) {
      const auto ledger = ledgers_.find({epoch, raw.partition});
      if (ledger == ledgers_.end()) continue;  // no longer ours
      ledger->second.received(raw.offset);
    }
    into.push_back({to_message(raw), {epoch, raw.partition, raw.offset}});
  }
}

void KafkaSubscription::sit_out(SteadyTime until) {
  {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, until, [this] { return woken_ || !paused_; })) return;
  }
  stop_fetching();
  fetch(milliseconds(0));
}

// A short pause leaves what is fetched where it is. In a longer one it is given back: only behind
// an empty queue does the client hear at once that partitions move.
void KafkaSubscription::stop_fetching() {
  if (!std::exchange(fetches_, false)) return;
  rd_kafka_topic_partition_list_t* assigned = nullptr;
  if (rd_kafka_assignment(client_.get(), &assigned) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const PartitionsHandle owned(assigned);
  rd_kafka_pause_partitions(client_.get(), owned.get());
}

void KafkaSubscription::go_on_fetching() {
  if (std::exchange(fetches_, true)) return;
  rd_kafka_topic_partition_list_t* assigned = nullptr;
  if (rd_kafka_assignment(client_.get(), &assigned) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const PartitionsHandle owned(assigned);
  rd_kafka_resume_partitions(client_.get(), owned.get());
}

void KafkaSubscription::done(std::span<const ports::Position> positions) {
  if (!has_group_) return;
  bool is_news = false;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& position : positions) {
      const auto ledger = ledgers_.find({position.epoch, position.partition});
      if (ledger == ledgers_.end()) continue;
      ledger->second.done(position.offset);
      if (ledger->second.has_committable() && !has_committable_) {
        has_committable_ = true;
        is_news = true;
      }
    }
  }
  if (is_news) rd_kafka_queue_yield(queue_.get());  // a waiting poll() has to wait less long
}

void KafkaSubscription::commit_if_due() {
  PartitionsHandle fronts;
  {
    const std::lock_guard lock(mutex_);
    if (!has_committable_ || steady_clock::now() < committed_at_ + commit_interval_) return;
    fronts = take_committable();
  }
  if (fronts->cnt > 0) rd_kafka_commit(client_.get(), fronts.get(), 1);
}

PartitionsHandle KafkaSubscription::take_committable() {
  PartitionsHandle fronts(rd_kafka_topic_partition_list_new(8));
  for (auto& [partition, ledger] : ledgers_) {
    if (const auto next = ledger.take_committable()) {
      const auto& topic = names_.at(partition.first);
      rd_kafka_topic_partition_list_add(fronts.get(), topic.c_str(), partition.second)->offset =
          *next;
    }
  }
  has_committable_ = false;
  committed_at_ = steady_clock::now();
  return fronts;
}

void KafkaSubscription::on_commit(rd_kafka_t*, rd_kafka_resp_err_t error,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<KafkaSubscription*>(opaque);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || partitions == nullptr) return;
  const std::lock_guard lock(self.mutex_);
  for (int i = 0; i < partitions->cnt; ++i) {
    const auto& each = partitions->elems[i];
    const auto ledger = self.ledgers_.find({self.epoch_of(each.topic), each.partition});
    if (ledger == self.ledgers_.end()) continue;
    ledger->second.not_committed();
    self.has_committable_ = true;
  }
}

void KafkaSubscription::on_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what,
                                     rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  auto& self = *static_cast<KafkaSubscription*>(opaque);
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.take_over(*partitions);
    const ErrorHandle failed(rd_kafka_incremental_assign(client, partitions));
    if (!self.fetches_) rd_kafka_pause_partitions(client, partitions);
  } else {
    self.give_up(*partitions);
    const ErrorHandle failed(rd_kafka_incremental_unassign(client, partitions));
  }
}

void KafkaSubscription::take_over(const rd_kafka_topic_partition_list_t& partitions) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < partitions.cnt; ++i) {
    const auto& each = partitions.elems[i];
    ledgers_.insert_or_assign({epoch_of(each.topic), each.partition}, OffsetLedger());
  }
}

void KafkaSubscription::give_up(const rd_kafka_topic_partition_list_t& partitions) {
  PartitionsHandle fronts;
  {
    const std::lock_guard lock(mutex_);
    fronts = take_committable();
    for (int i = 0; i < partitions.cnt; ++i) {
      const auto& each = partitions.elems[i];
      ledgers_.erase({epoch_of(each.topic), each.partition});
      std::erase_if(stash_, [&each](const MessageHandle& raw) {
        return raw->partition == each.partition &&
               std::string_view(rd_kafka_topic_name(raw->rkt)) == each.topic;
      });
    }
  }
  // A group that threw us out has given the partitions away: their next owner commits.
  if (fronts->cnt > 0 && !rd_kafka_assignment_lost(client_.get())) {
    rd_kafka_commit(client_.get(), fronts.get(), 0);
  }
}

const std::string& KafkaSubscription::epoch_of(const char* topic) const {
  return epochs_.find(std::string_view(topic))->second;
}

void KafkaSubscription::pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void KafkaSubscription::resume() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
  }
  changed_.notify_one();
}

void KafkaSubscription::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
  rd_kafka_queue_yield(queue_.get());
}

}  // namespace trainyard::kafka
