#include "api/notifier/notifier_feed.hpp"

namespace trainyard::notifier {
namespace {

constexpr int batch_max = 500;
constexpr milliseconds poll_max{10'000};
// How long it goes on reading for listeners who may come back.
constexpr std::chrono::seconds audience_linger{60};
constexpr runtime::Backoff pauses{.first = milliseconds(100), .last = milliseconds(1'000)};

}  // namespace

NotifierFeed::NotifierFeed(log::Log log, ports::EventBus& bus, NewsSink& sink)
    : log_(std::move(log)),
      bus_(bus),
      sink_(sink),
      outage_(log_, "event bus (live events)", pauses) {
  sink_.on_audience([this](bool present) { audience_changed(present); });
}

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

void NotifierFeed::audience_changed(bool present) {
  const std::lock_guard lock(mutex_);
  audience_ = present;
  audience_left_at_ = std::chrono::steady_clock::now();
  wake_.notify_all();
}

bool NotifierFeed::await_audience() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || audience_; });
  return !stopping_;
}

bool NotifierFeed::is_wanted() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  return audience_ || std::chrono::steady_clock::now() < audience_left_at_ + audience_linger;
}

bool NotifierFeed::wait_to_retry(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

void NotifierFeed::run() {
  while (await_audience()) {
    if (auto followed = follow(); !followed) {
      if (!wait_to_retry(outage_.failed(followed.error()))) return;
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
  outage_.over();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {};
    subscription_ = subscription.get();
  }
  Result<void> outcome;
  while (outcome && is_wanted()) {
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
