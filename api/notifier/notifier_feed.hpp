#pragma once

#include "api/notifier/news_sink.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/runtime/lifecycle.hpp"
#include "common/runtime/outage.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace trainyard::notifier {

// Reads every event of every job and passes it to the sink while somebody listens there, and for a
// minute longer, in which a listener may come back and be told what it missed. After losing the
// bus, or a time without listeners, it subscribes anew and says so, since something may have been
// missed. Both must outlive it; the sink's server must be running between start() and stop().
class NotifierFeed final : public runtime::Lifecycle {
 public:
  NotifierFeed(log::Log log, ports::EventBus& bus, NewsSink& sink);
  ~NotifierFeed() override;

  void start() override;
  void stop() override;

 private:
  void run();
  // Until the subscription fails, the topic is another, nobody listens any more, or stop().
  Result<void> follow();
  bool await_audience();  // false when stopping
  bool is_wanted();
  void audience_changed(bool present);
  void pass_on(std::vector<ports::Delivery> deliveries);
  bool wait_to_retry(milliseconds time);

  log::Log log_;
  ports::EventBus& bus_;
  NewsSink& sink_;
  runtime::Outage outage_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool audience_ = false;
  std::chrono::steady_clock::time_point audience_left_at_;
  bool taken_ = true;
  ports::Subscription* subscription_ = nullptr;  // while it is being polled
  std::thread thread_;
};

}  // namespace trainyard::notifier
