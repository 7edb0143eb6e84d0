#include "api/notifier/notifier_feed.hpp"

namespace trainyard::notifier {
namespace {

constexpr int batch_max = 500;
constexpr milliseconds poll_max{10'000};
constexpr std::chrono::seconds retry_delay{1};

}  // namespace

NotifierFeed::NotifierFeed(log::Log log, ports::EventBus& bus, NewsSink& sink)
    : log_(std::move(log)), bus_(bus), sink_(sink) {}

NotifierFeed::~NotifierFeed() {
  stop();
}

void NotifierFeed::start() {
  thread_ = std::thread([this] { run(); });
}

void NotifierFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (subscription_ != nullptr) subscription_->wake();
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool NotifierFeed::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool NotifierFeed::wait_to_retry() {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, retry_delay, [this] { return stopping_; });
}

void NotifierFeed::run() {
  while (!is_stopping()) {
    if (auto followed = follow(); !followed) {
      log_.warn("live events interrupted", {{"error", followed.error()}});
      if (!wait_to_retry()) return;
    }
  }
}

Result<void> NotifierFeed::follow() {
  TRY(const auto subscription,
      bus_.subscribe({.topics = {ports::topics::job_events}, .group = std::nullopt}));
  // Asked after subscribing: what comes in between is in both, and in neither if asked before.
  TRY(const auto ends, bus_.end_of(ports::topics::job_events));
  const auto start = StreamPosition::at_end(ends);
  sink_.stream_started(start);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
    subscription_ = subscription.get();
  }
  Result<void> outcome;
  while (outcome && !is_stopping()) {
    auto deliveries = subscription->poll(batch_max, poll_max);
    if (!deliveries) {
      outcome = std::unexpected(std::move(deliveries).error());
    } else if (!deliveries->empty() && deliveries->front().position.epoch != start.epoch) {
      outcome = fail(Errc::unavailable, "the topic was made anew");
    } else if (!deliveries->empty()) {
      pass_on(*std::move(deliveries));
    }
  }
  const std::lock_guard lock(mutex_);
  subscription_ = nullptr;
  return outcome;
}

void NotifierFeed::pass_on(std::vector<ports::Delivery> deliveries) {
  NewsSink::Batch batch;
  batch.reserve(deliveries.size());
  for (auto& delivery : deliveries) {
    if (auto news = wire::parse_news(delivery.message.value)) {
      batch.emplace_back(std::move(delivery.position), *std::move(news));
    } else {
      log_.warn("event left out", {{"error", news.error()}});
    }
  }
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  sink_.published(std::move(batch), [this] {
    // Under the lock to the end: the feed may be gone once it is released.
    const std::lock_guard lock(mutex_);
    taken_ = true;
    wake_.notify_all();
  });
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return taken_; });
}

}  // namespace trainyard::notifier
