#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// How work and news travel. At least once, in order per key. Contract suite: tests/contract.

namespace trainyard::ports {

namespace topics {
inline constexpr const char* train_requested = "trainyard.train.requested";
inline constexpr const char* job_events = "trainyard.job.events";
inline constexpr const char* retrain_requested = "trainyard.retrain.requested";
inline constexpr const char* job_control = "trainyard.job.control";
inline constexpr const char* dead_letter = "trainyard.dead-letter";
}  // namespace topics

struct Message {
  std::string topic;
  std::string key;    // empty: in no order with others, and spread as it is cheapest
  std::string value;  // a CloudEvent in JSON
  std::map<std::string, std::string> headers;
};

// Where a message stood: (epoch, partition, offset) orders the messages of one partition. Another
// epoch means another incarnation of the topic, whose offsets say nothing about this one's.
struct Position {
  std::string epoch;
  int partition = 0;
  std::int64_t offset = 0;
};

struct Delivery {
  Message message;
  Position position;
};

// Members of one group share the messages, and unfinished ones come again to another member after
// a crash. Without a group a subscription sees every message from the moment it is made.
struct SubscribeOptions {
  std::vector<std::string> topics;
  std::optional<std::string> group;
  int buffered_max = 2'000;  // messages fetched ahead
};

// One thread polls; done(), pause() and wake() may be called from any.
class Subscription {
 public:
  virtual ~Subscription() = default;

  // Up to `limit` messages, as soon as there is one, or none after `timeout`. Errc::unavailable
  // when the broker is away for good; passing trouble only delays.
  virtual Result<std::vector<Delivery>> poll(int limit, milliseconds timeout) = 0;
  // The effect of these is durable (or they are parked elsewhere): they need not come again. In any
  // order; what is committed is the gap-free front of each partition. No-op without a group.
  virtual void done(std::span<const Position> positions) = 0;
  // While paused, poll() keeps the membership alive and returns nothing new.
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual void wake() = 0;  // ends a current or the next poll()
};

class EventBus {
 public:
  virtual ~EventBus() = default;

  // Hands the messages over and returns; `report(i)` tells the fate of the i-th. Messages of one
  // key keep the order of the calls. Blocks only while the send queue is full.
  virtual void publish(std::span<const Message> messages,
                       const std::function<void(std::size_t, Result<void>)>& report) = 0;
  virtual Result<std::unique_ptr<Subscription>> subscribe(const SubscribeOptions& options) = 0;
  // The current end of a topic, one position per partition: what a snapshot read now contains.
  virtual Result<std::vector<Position>> end_of(const std::string& topic) = 0;
  virtual Result<void> ping() = 0;
};

}  // namespace trainyard::ports
