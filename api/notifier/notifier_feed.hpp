#pragma once

#include "api/notifier/news_sink.hpp"
#include "common/log/log.hpp"
#include "common/ports/event_bus.hpp"
#include "common/runtime/lifecycle.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace trainyard::notifier {

// Reads every event of every job, as every notifier does, and passes it to the sink. After losing
// the bus it subscribes again and says so, since something may have been missed. Both must outlive
// it; the sink's server must be running between start() and stop().
class NotifierFeed final : public runtime::Lifecycle {
 public:
  NotifierFeed(log::Log log, ports::EventBus& bus, NewsSink& sink);
  ~NotifierFeed() override;

  void start() override;
  void stop() override;

 private:
  void run();
  Result<void> follow();  // until the subscription fails, the topic is another, or stop()
  void pass_on(std::vector<ports::Delivery> deliveries);
  bool wait_to_retry();
  bool is_stopping();

  log::Log log_;
  ports::EventBus& bus_;
  NewsSink& sink_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool taken_ = true;
  ports::Subscription* subscription_ = nullptr;  // while it is being polled
  std::thread thread_;
};

}  // namespace trainyard::notifier
