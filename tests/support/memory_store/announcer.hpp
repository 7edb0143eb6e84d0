#pragma once

#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"
#include "common/wire/job_events.hpp"

#include <thread>

namespace trainyard::memory_store {

// The least of a relay and a dispatcher: announces what the store admits and admits what is due, so
// that tests of workers need no control loops.
class Announcer {
 public:
  Announcer(ports::JobStore& store, ports::EventBus& bus) : store_(store), bus_(bus) {
    thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  }
  ~Announcer() {
    thread_.request_stop();
    store_.wake();
  }

  static ports::Message message_for(JobId job, std::int64_t dispatch_no) {
    return {.topic = ports::topics::train_requested,
            .key = job.to_string(),
            .value = to_json(wire::train_requested_event({job, dispatch_no}, "correlation", "test",
                                                         system_clock().now()))};
  }

 private:
  // Refused unless it waits in line and is due.
  void admit_if_due(JobId id) {
    const auto job = store_.get(id);
    if (!job) return;
    const domain::JobCommand admit = domain::Admit{id, job->dispatch_no};
    store_.apply({&admit, 1});
  }

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::ignore = store_.await_outbox(milliseconds(1'000));
      const auto entries = store_.outbox(1'000);
      if (!entries) continue;
      std::vector<ports::Message> messages;
      std::vector<std::int64_t> done;
      for (const auto& entry : *entries) {
        done.push_back(entry.id);
        if (entry.job) admit_if_due(entry.job->id);
        if (entry.dispatch_no) messages.push_back(message_for(entry.job->id, *entry.dispatch_no));
      }
      bus_.publish(messages, [](std::size_t, const Result<void>&) {});
      std::ignore = store_.outbox_done(done);
    }
  }

  ports::JobStore& store_;
  ports::EventBus& bus_;
  std::jthread thread_;
};

}  // namespace trainyard::memory_store
