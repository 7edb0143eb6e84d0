#include "common/adapters/embedded_bus/embedded_bus.hpp"

#include "common/adapters/embedded_bus/group_queue.hpp"
#include "common/base/uuid.hpp"

#include <fmt/format.h>

#include <deque>
#include <set>

namespace trainyard::embedded_bus {
namespace {

struct Group;

// What poll() needs of a subscription. Guarded by the bus's mutex.
struct Member {
  std::condition_variable ready;
  bool polling = false;
  bool paused = false;
  bool woken = false;
  Group* group = nullptr;  // none: a watcher
  std::vector<std::string> topics;
  std::deque<std::shared_ptr<Stored>> unread;  // of a watcher
  std::size_t unread_max = 0;

  void notify() {
    if (!polling) return;
    polling = false;
    ready.notify_one();
  }
};

struct Group {
  std::map<std::string, std::vector<GroupQueue>> queues;  // by topic, one per partition
  std::vector<Member*> members;
  std::size_t unfinished = 0;

  Member* owner_of(std::size_t partition) const {
    return members.empty() ? nullptr : members[partition % members.size()];
  }
};

struct Topic {
  std::string epoch;
  std::vector<std::int64_t> next_offset;  // per partition
  std::vector<Group*> groups;
  std::vector<Member*> watchers;
};

void give(const Finished& finished, const Result<void>& fate) {
  for (const auto& stored : finished)
    (*stored->report)(stored->index, fate);
}

}  // namespace

class EmbeddedBus::Core {
 public:
  explicit Core(EmbeddedBusOptions options) : options_(std::move(options)) {
    for (const auto& [topic, names] : options_.groups) {
      for (const auto& name : names)
        join(topic, group(name));
    }
  }

  ~Core() {
    Finished open;
    for (auto& [name, group] : groups_) {
      for (auto& [topic, queues] : group->queues) {
        for (auto& queue : queues)
          queue.drain(open);
      }
    }
    give(open, fail(Errc::unavailable, "the bus was closed before the message was done"));
  }

  void publish(std::span<const ports::Message> messages, const Report& report) {
    const auto shared_report = std::make_shared<const Report>(report);
    std::vector<std::size_t> delivered;
    std::size_t accepted = 0;
    {
      std::unique_lock lock(mutex_);
      for (; accepted < messages.size(); ++accepted) {
        const auto& message = messages[accepted];
        Topic& target = topic(message.topic);
        if (!has_room(target, lock)) break;
        if (!append(target, message, shared_report, accepted)) delivered.push_back(accepted);
      }
    }
    for (const auto index : delivered)
      report(index, {});
    for (; accepted < messages.size(); ++accepted) {
      report(accepted, fail(Errc::exhausted, fmt::format("a reader of {} is too far behind",
                                                         messages[accepted].topic)));
    }
  }

  void add(Member& member, const ports::SubscribeOptions& options) {
    const std::lock_guard lock(mutex_);
    member.topics = options.topics;
    member.unread_max = static_cast<std::size_t>(std::max(1, options.buffered_max));
    if (options.group) member.group = &group(*options.group);
    for (const auto& name : options.topics) {
      if (member.group != nullptr) {
        join(name, *member.group);
      } else {
        topic(name).watchers.push_back(&member);
      }
    }
    if (member.group != nullptr) member.group->members.push_back(&member);
  }

  void remove(Member& member) {
    const std::lock_guard lock(mutex_);
    if (member.group == nullptr) {
      for (const auto& name : member.topics)
        std::erase(topic(name).watchers, &member);
      room_.notify_all();
      return;
    }
    std::erase(member.group->members, &member);
    for (auto& [name, queues] : member.group->queues) {
      for (auto& queue : queues)
        queue.release(&member);
    }
    for (Member* other : member.group->members)
      other->notify();
  }

  std::vector<ports::Delivery> poll(Member& member, std::size_t limit, milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::vector<ports::Delivery> deliveries;
    std::unique_lock lock(mutex_);
    while (true) {
      if (std::exchange(member.woken, false)) return deliveries;
      if (!member.paused) take(member, limit, deliveries);
      if (!deliveries.empty()) return deliveries;
      member.polling = true;
      if (member.ready.wait_until(lock, deadline) == std::cv_status::timeout) {
        member.polling = false;
        member.woken = false;
        if (!member.paused) take(member, limit, deliveries);
        return deliveries;
      }
    }
  }

  void done(Member& member, std::span<const ports::Position> positions) {
    if (member.group == nullptr) return;
    Finished finished;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& position : positions) {
        auto* queue = find(*member.group, position);
        if (queue == nullptr) continue;
        const auto before = queue->unfinished();
        queue->done(position.offset, finished);
        member.group->unfinished -= before - queue->unfinished();
      }
    }
    give(finished, {});
  }

  template <class Change>
  void change(Member& member, Change&& change) {
    const std::lock_guard lock(mutex_);
    change(member);
    member.notify();
  }

  std::vector<ports::Position> end_of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const Topic& target = topic(name);
    std::vector<ports::Position> ends;
    for (std::size_t p = 0; p < target.next_offset.size(); ++p) {
      ends.push_back({target.epoch, static_cast<int>(p), target.next_offset[p]});
    }
    return ends;
  }

 private:
  Topic& topic(const std::string& name) {
    auto [found, is_new] = topics_.try_emplace(name);
    if (is_new) {
      found->second.epoch = fmt::format("{}/{}", instance_, name);
      found->second.next_offset.resize(partition_count());
    }
    return found->second;
  }

  Group& group(const std::string& name) {
    auto& slot = groups_[name];
    if (!slot) slot = std::make_unique<Group>();
    return *slot;
  }

  // From now on the group owes every message of the topic.
  void join(const std::string& name, Group& group) {
    auto [queues, is_new] = group.queues.try_emplace(name);
    if (!is_new) return;
    queues->second.resize(partition_count());
    topic(name).groups.push_back(&group);
  }

  std::size_t partition_count() const {
    return static_cast<std::size_t>(std::max(1, options_.partitions));
  }

  // A group that is behind is behind for long, and the relay knows how to wait; a watcher is
  // behind for a moment.
  bool has_room(const Topic& target, std::unique_lock<std::mutex>& lock) {
    for (const Group* group : target.groups) {
      if (group->unfinished >= options_.group_unfinished_max) return false;
    }
    const auto watchers_have_room = [&target] {
      return std::ranges::all_of(target.watchers, [](const Member* watcher) {
        return watcher->unread.size() < watcher->unread_max;
      });
    };
    return watchers_have_room() || room_.wait_for(lock, options_.watcher_wait, watchers_have_room);
  }

  // Whether somebody has to be done() with it first.
  bool append(Topic& target, const ports::Message& message,
              const std::shared_ptr<const Report>& report, std::size_t index) {
    const auto partition = std::hash<std::string>{}(message.key) % target.next_offset.size();
    auto stored = std::make_shared<Stored>(Stored{
        .message = message,
        .position = {target.epoch, static_cast<int>(partition), target.next_offset[partition]++},
        .report = report,
        .index = index,
        .groups_unfinished = static_cast<int>(target.groups.size())});
    for (Group* group : target.groups) {
      group->queues.find(message.topic)->second[partition].push(stored);
      ++group->unfinished;
      if (Member* owner = group->owner_of(partition)) owner->notify();
    }
    for (Member* watcher : target.watchers) {
      watcher->unread.push_back(stored);
      watcher->notify();
    }
    return !target.groups.empty();
  }

  void take(Member& member, std::size_t limit, std::vector<ports::Delivery>& into) {
    if (member.group == nullptr) {
      for (; !member.unread.empty() && into.size() < limit; member.unread.pop_front()) {
        into.push_back({member.unread.front()->message, member.unread.front()->position});
      }
      if (!into.empty()) room_.notify_all();
      return;
    }
    for (const auto& name : member.topics) {
      auto& queues = member.group->queues.find(name)->second;
      for (std::size_t p = 0; p < queues.size() && into.size() < limit; ++p) {
        if (member.group->owner_of(p) == &member) queues[p].take(&member, limit, into);
      }
    }
  }

  GroupQueue* find(Group& group, const ports::Position& position) {
    for (auto& [name, queues] : group.queues) {
      if (position.partition < 0 || position.partition >= static_cast<int>(queues.size())) continue;
      if (topics_.find(name)->second.epoch == position.epoch) return &queues[position.partition];
    }
    return nullptr;
  }

  EmbeddedBusOptions options_;
  std::string instance_ = Uuid::make_v7().to_string();
  std::mutex mutex_;
  std::condition_variable room_;  // a watcher read something
  std::unordered_map<std::string, Topic> topics_;
  std::map<std::string, std::unique_ptr<Group>> groups_;
};

class EmbeddedBus::Subscriber final : public ports::Subscription {
 public:
  Subscriber(Core& core, const ports::SubscribeOptions& options) : core_(core) {
    core_.add(member_, options);
  }
  ~Subscriber() override { core_.remove(member_); }

  Result<std::vector<ports::Delivery>> poll(int limit, milliseconds timeout) override {
    return core_.poll(member_, static_cast<std::size_t>(std::max(0, limit)), timeout);
  }
  void done(std::span<const ports::Position> positions) override { core_.done(member_, positions); }
  void pause() override {
    core_.change(member_, [](Member& member) { member.paused = true; });
  }
  void resume() override {
    core_.change(member_, [](Member& member) { member.paused = false; });
  }
  void wake() override {
    core_.change(member_, [](Member& member) { member.woken = true; });
  }

 private:
  Core& core_;
  Member member_;
};

EmbeddedBus::EmbeddedBus(EmbeddedBusOptions options)
    : core_(std::make_unique<Core>(std::move(options))) {}

EmbeddedBus::~EmbeddedBus() = default;

void EmbeddedBus::publish(std::span<const ports::Message> messages,
                          const std::function<void(std::size_t, Result<void>)>& report) {
  core_->publish(messages, report);
}

Result<std::unique_ptr<ports::Subscription>> EmbeddedBus::subscribe(
    const ports::SubscribeOptions& options) {
  if (options.topics.empty()) {
    return fail(Errc::invalid_argument, "a subscription needs at least one topic");
  }
  return std::make_unique<Subscriber>(*core_, options);
}

Result<std::vector<ports::Position>> EmbeddedBus::end_of(const std::string& topic) {
  return core_->end_of(topic);
}

}  // namespace trainyard::embedded_bus
