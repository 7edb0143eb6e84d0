#include "common/adapters/kafka/kafka_bus.hpp"

#include "common/adapters/kafka/kafka_error.hpp"
#include "common/adapters/kafka/kafka_producer.hpp"
#include "common/adapters/kafka/kafka_subscription.hpp"
#include "common/adapters/kafka/kafka_topics.hpp"
#include "common/adapters/kafka/partition_choice.hpp"

#include <atomic>
#include <map>
#include <set>
#include <stdexcept>

namespace trainyard::kafka {

class KafkaBus::Core {
 public:
  Core(log::Log log, KafkaOptions options)
      : log_(log.with({{"brokers", options.brokers}})),
        options_(std::move(options)),
        topics_(options_),
        producer_(std::make_shared<KafkaProducer>(log_, options_)) {}

  void publish(std::span<const ports::Message> messages, const Report& report) {
    const auto sender = producer();
    std::set<std::string> names;
    for (const auto& message : messages)
      names.insert(message.topic);
    const auto there =
        explained(*sender, topics_.ensure(sender->client(), {names.begin(), names.end()}));
    if (!there) {
      for (std::size_t i = 0; i < messages.size(); ++i)
        report(i, fail(there.error()));
      return;
    }
    sender->publish(messages, choose_partitions(*sender, messages), report);
  }

  Result<std::unique_ptr<ports::Subscription>> subscribe(const ports::SubscribeOptions& wanted) {
    if (wanted.topics.empty()) {
      return fail(Errc::invalid_argument, "a subscription needs at least one topic");
    }
    const auto asker = producer();
    return explained(*asker, subscribe(*asker, wanted));
  }

  Result<std::vector<ports::Position>> end_of(const std::string& topic) {
    const auto asker = producer();
    return explained(*asker, topics_.end_of(asker->client(), topic));
  }

  Result<void> ping() {
    const auto asker = producer();
    return explained(*asker, ping(asker->client()));
  }

 private:
  Result<std::unique_ptr<ports::Subscription>> subscribe(KafkaProducer& asker,
                                                         const ports::SubscribeOptions& wanted) {
    TRY_DO(topics_.ensure(asker.client(), wanted.topics));
    std::vector<KafkaSubscription::Start> starts;
    for (const auto& topic : wanted.topics) {
      TRY(auto epoch, topics_.epoch_of(asker.client(), topic));
      std::vector<ports::Position> from;
      if (!wanted.group) {
        TRY(from, topics_.end_of(asker.client(), topic));
      }
      starts.push_back({topic, std::move(epoch), std::move(from)});
    }
    auto made = std::make_unique<KafkaSubscription>(log_, options_, wanted, std::move(starts));
    TRY_DO(made->begin());
    return made;
  }

  Result<void> ping(rd_kafka_t& client) {
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(&client, 0, nullptr, &raw,
                                         static_cast<int>(options_.request_timeout.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      auto unreached = to_error(error, "ping");
      unreached.hint = unreached_hint;
      return fail(std::move(unreached));
    }
    const MetadataHandle metadata(raw);
    return {};
  }

  template <class T>
  static Result<T> explained(KafkaProducer& asker, Result<T> answer) {
    if (!answer) return fail(asker.trouble().explain(std::move(answer).error()));
    asker.trouble().over();
    return answer;
  }

  std::vector<int> choose_partitions(KafkaProducer& sender,
                                     std::span<const ports::Message> messages) {
    std::vector<int> chosen(messages.size(), KafkaProducer::any_partition);
    std::map<std::string, std::vector<std::size_t>> keyless;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].key.empty()) keyless[messages[i].topic].push_back(i);
    }
    for (const auto& [topic, places] : keyless) {
      const int partitions = topics_.partitions_of(sender.client(), topic);
      if (partitions == 0) continue;
      PartitionChoice choice(partitions, static_cast<int>(places.size()), ++spread_);
      for (const auto place : places)
        chosen[place] = choice.next();
    }
    return chosen;
  }

  std::shared_ptr<KafkaProducer> producer() {
    const std::lock_guard lock(mutex_);
    if (producer_->is_broken()) producer_ = std::make_shared<KafkaProducer>(log_, options_);
    return producer_;
  }

  log::Log log_;
  KafkaOptions options_;
  KafkaTopics topics_;
  std::mutex mutex_;
  std::shared_ptr<KafkaProducer> producer_;
  std::atomic<unsigned> spread_ = 0;
};

Result<std::unique_ptr<KafkaBus>> KafkaBus::open(log::Log log, KafkaOptions options) {
  try {
    return std::make_unique<KafkaBus>(std::make_unique<Core>(std::move(log), std::move(options)));
  } catch (const std::runtime_error& refusal) {
    return fail(Error{.code = Errc::invalid_argument, .detail = refusal.what(), .field = "kafka"});
  }
}

KafkaBus::KafkaBus(std::unique_ptr<Core> core) : core_(std::move(core)) {}

KafkaBus::~KafkaBus() = default;

void KafkaBus::publish(std::span<const ports::Message> messages,
                       const std::function<void(std::size_t, Result<void>)>& report) {
  core_->publish(messages, report);
}

Result<std::unique_ptr<ports::Subscription>> KafkaBus::subscribe(
    const ports::SubscribeOptions& options) {
  return core_->subscribe(options);
}

Result<std::vector<ports::Position>> KafkaBus::end_of(const std::string& topic) {
  return core_->end_of(topic);
}

Result<void> KafkaBus::ping() {
  return core_->ping();
}

}  // namespace trainyard::kafka
