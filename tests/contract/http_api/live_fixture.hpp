#pragma once

#include "api/notifier/live_server.hpp"
#include "api/notifier/notifier_feed.hpp"
#include "api/notifier/store_snapshots.hpp"
#include "api/service/api_keys.hpp"
#include "common/wire/job_events.hpp"
#include "tests/contract/http_api/api_fixture.hpp"

namespace trainyard::http {

// The API with live connections, whose news the test relays itself.
class LiveWithoutBus : public ApiTest {
 protected:
  explicit LiveWithoutBus(std::span<const Route> routes = api_routes(), ServerOptions options = {})
      : live_(
            {}, {.recheck = std::chrono::milliseconds(20)}, *pool_,
            [this](const notifier::Topic& topic, const service::Caller& caller) {
              return notifier::read_snapshot(*store_, topic, caller, system_clock().now());
            },
            [this](const service::Caller& caller) {
              return service::is_still_welcome(*access_, caller, system_clock().now());
            }),
        feed_({}, bus_, live_) {
    upgrade_ = &live_;
    live_feed_ = &live_;
    routes_ = routes;
    restart(std::move(options));
  }
  ~LiveWithoutBus() override {
    feed_.stop();
    server_.reset();
  }

  // What the relay does: tells the bus of every commit.
  void relay() {
    for (const auto& entry : *store_->outbox(1'000, {})) {
      for (const auto& line : entry.history) {
        const auto event = wire::job_event(*entry.job, line, "test");
        const ports::Message message{.topic = ports::topics::job_events,
                                     .key = event.subject,
                                     .value = wire::to_json(event),
                                     .headers = {}};
        bus_.publish({&message, 1}, [](std::size_t, const Result<void>&) {});
      }
      const std::array ids{entry.id};
      ASSERT_TRUE(store_->outbox_done(ids).has_value());
    }
  }

  notifier::LiveServer live_;
  notifier::NotifierFeed feed_;
};

class LiveApi : public LiveWithoutBus {
 protected:
  LiveApi() { feed_.start(); }
};

}  // namespace trainyard::http
