#include "common/runtime/child_pool.hpp"

#include "common/base/invariant.hpp"
#include "common/runtime/child_slot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <ranges>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <variant>

namespace trainyard::runtime {
namespace {

using std::chrono::steady_clock;

// Tasks fed ahead: enough that a child never waits for its parent, few enough that little is stuck
// behind a task that turns out long.
constexpr std::chrono::milliseconds feed_ahead{50};
constexpr int capacity_per_feed = 4;
// A command whose children die before they begin a task is tried ever more slowly.
constexpr std::chrono::milliseconds backoff_first{100};
constexpr int young_deaths_max = 5;

struct Submit {
  PoolTaskPtr task;
};
struct Cancel {
  TaskId id;
};
struct Kill {
  TaskId id;
};
struct ExtendLease {
  TaskId id;
  std::chrono::nanoseconds boottime;
};
using Command = std::variant<Submit, Cancel, Kill, ExtendLease>;

}  // namespace

// The pool's one thread owns all that is not marked shared. It starts the children, reads and
// writes their sockets and alone reaps them, so nothing about a child needs a lock.
class ChildPool::State {
 public:
  State(log::Log log, ChildPoolOptions options, TaskEvents events);
  ~State();

  int capacity() const { return std::max(0, allowed_.load() - outstanding_.load()); }
  void push(Command command);

  std::atomic<TaskId> last_id{0};
  std::atomic<int> outstanding_{0};

 private:
  void run();
  void wait(Steady until);
  void on_event(std::uint64_t tag, std::uint32_t events, Steady now);
  void take_commands(Steady now);
  void carry_out(Submit command, Steady now);
  void carry_out(Cancel command, Steady now);
  void carry_out(Kill command, Steady now);
  void carry_out(ExtendLease command, Steady now);
  bool drop_waiting(TaskId id);
  std::pair<ChildSlot*, PoolTask*> find_fed(TaskId id);
  ChildSlot* choose_slot(Steady now);
  bool start_child(ChildSlot& slot, Steady now);
  void dispatch(Steady now);
  int count_allowed() const;
  void flush();
  void bury(ChildSlot& slot, Steady now);
  void take_back(std::vector<PoolTaskPtr> tasks);
  void count_young_death(const Error& error, Steady now);
  void shut_down();
  void finish(PoolTask& task, Error error);
  void watch(int fd, std::uint64_t tag, std::uint32_t events, int operation = EPOLL_CTL_ADD);

  log::Log log_;
  ChildPoolOptions options_;
  TaskEvents events_;
  TaskEvents counted_events_;  // events_, keeping outstanding_ right
  TaskPace pace_;
  std::vector<std::unique_ptr<ChildSlot>> slots_;
  std::deque<PoolTaskPtr> waiting_;
  int young_deaths_ = 0;
  Steady no_start_before_{};
  UniqueFd epoll_;
  UniqueFd doorbell_;

  std::atomic<int> allowed_;  // shared
  std::mutex mutex_;          // guards the two below
  std::vector<Command> inbox_;
  bool stopping_ = false;
  std::thread thread_;
};

namespace {

// What an epoll event is about: the doorbell, or a slot's socket or pidfd.
constexpr std::uint64_t doorbell_tag = 0;
std::uint64_t socket_tag(std::size_t slot) {
  return slot * 2 + 1;
}
std::uint64_t pidfd_tag(std::size_t slot) {
  return slot * 2 + 2;
}

}  // namespace

ChildPool::State::State(log::Log log, ChildPoolOptions options, TaskEvents events)
    : log_(std::move(log)),
      options_(std::move(options)),
      events_(std::move(events)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      doorbell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      allowed_(options_.children) {
  invariant(epoll_.get() >= 0 && doorbell_.get() >= 0, "a child pool needs two descriptors");
  invariant(options_.children > 0, "a child pool has at least one child");
  counted_events_ = events_;
  counted_events_.finished = [this](TaskId id, Result<std::string> answer) {
    outstanding_.fetch_sub(1);
    events_.finished(id, std::move(answer));
  };
  counted_events_.log = [this](TaskId id, TaskLine line) {
    if (id == 0) {
      log_.warn("a training process without a task says", {{"line", line.text}});
    } else if (events_.log) {
      events_.log(id, std::move(line));
    }
  };
  for (int i = 0; i < options_.children; ++i) {
    slots_.push_back(std::make_unique<ChildSlot>(options_, counted_events_, pace_));
  }
  watch(doorbell_.get(), doorbell_tag, EPOLLIN);
  thread_ = std::thread([this] { run(); });
}

ChildPool::State::~State() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::eventfd_write(doorbell_.get(), 1);
  thread_.join();
}

void ChildPool::State::push(Command command) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(command));
    if (inbox_.size() > 1) return;  // the bell has been rung
  }
  ::eventfd_write(doorbell_.get(), 1);
}

void ChildPool::State::run() {
  while (true) {
    const auto now = steady_clock::now();
    take_commands(now);
    if (const std::lock_guard lock(mutex_); stopping_) break;
    auto until = Steady::max();
    for (const auto& slot : slots_) {
      if (slot->alive()) until = std::min(until, slot->check(now));
    }
    dispatch(now);
    if (!waiting_.empty() && no_start_before_ > now) until = std::min(until, no_start_before_);
    flush();
    allowed_ = count_allowed();
    wait(until);
  }
  shut_down();
}

void ChildPool::State::wait(Steady until) {
  int timeout = -1;
  if (until != Steady::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    timeout = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
  }
  std::array<epoll_event, 16> ready;
  const int count = ::epoll_wait(epoll_.get(), ready.data(), ready.size(), timeout);
  const auto now = steady_clock::now();
  for (int i = 0; i < count; ++i)
    on_event(ready[i].data.u64, ready[i].events, now);
}

void ChildPool::State::on_event(std::uint64_t tag, std::uint32_t events, Steady now) {
  if (tag == doorbell_tag) {
    eventfd_t rings = 0;
    ::eventfd_read(doorbell_.get(), &rings);
    return;
  }
  const auto index = (tag - 1) / 2;
  auto& slot = *slots_[index];
  if (!slot.alive()) return;
  if (tag == pidfd_tag(index)) return bury(slot, now);
  if (events == EPOLLOUT) return;  // flush() goes on by itself
  std::vector<PoolTaskPtr> returned;
  if (!slot.receive(now, returned)) watch(slot.socket(), tag, 0, EPOLL_CTL_DEL);
  take_back(std::move(returned));
}

void ChildPool::State::take_commands(Steady now) {
  std::vector<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(inbox_);
    inbox_.reserve(commands.capacity());
  }
  for (auto& command : commands) {
    std::visit([&](auto& known) { carry_out(std::move(known), now); }, command);
  }
}

void ChildPool::State::carry_out(Submit command, Steady) {
  waiting_.push_back(std::move(command.task));
}

void ChildPool::State::carry_out(Cancel command, Steady now) {
  if (drop_waiting(command.id)) return;
  if (const auto [slot, task] = find_fed(command.id); task) slot->cancel(*task, now);
}

void ChildPool::State::carry_out(Kill command, Steady) {
  if (drop_waiting(command.id)) return;
  if (const auto [slot, task] = find_fed(command.id); task) slot->kill(*task);
}

void ChildPool::State::carry_out(ExtendLease command, Steady) {
  const auto waits = std::ranges::find(waiting_, command.id, [](auto& task) { return task->id; });
  if (waits != waiting_.end()) {
    (*waits)->request.lease_until = command.boottime;
  } else if (const auto [slot, task] = find_fed(command.id); task) {
    slot->extend_lease(*task, command.boottime);
  }
}

bool ChildPool::State::drop_waiting(TaskId id) {
  const auto found = std::ranges::find(waiting_, id, [](auto& task) { return task->id; });
  if (found == waiting_.end()) return false;
  const auto task = std::move(*found);
  waiting_.erase(found);
  finish(*task, {.code = Errc::cancelled, .detail = "cancelled before it began"});
  return true;
}

std::pair<ChildSlot*, PoolTask*> ChildPool::State::find_fed(TaskId id) {
  for (const auto& slot : slots_) {
    if (auto* task = slot->find(id)) return {slot.get(), task};
  }
  return {nullptr, nullptr};
}

// The least loaded living child; a new one rather than a second task for a busy one.
ChildSlot* ChildPool::State::choose_slot(Steady now) {
  ChildSlot* best = nullptr;
  ChildSlot* startable = nullptr;
  for (const auto& slot : slots_) {
    if (slot->takes_tasks()) {
      if (!best || slot->load() < best->load()) best = slot.get();
    } else if (!slot->alive() && now >= no_start_before_) {
      startable = slot.get();
    }
  }
  return startable && (!best || best->load() > 0) ? startable : best;
}

bool ChildPool::State::start_child(ChildSlot& slot, Steady now) {
  if (auto spawned = slot.spawn(now); !spawned) {
    count_young_death(spawned.error(), now);
    return false;
  }
  const auto index = static_cast<std::size_t>(
      std::ranges::find(slots_, &slot, [](auto& each) { return each.get(); }) - slots_.begin());
  watch(slot.socket(), socket_tag(index), EPOLLIN);
  watch(slot.pidfd(), pidfd_tag(index), EPOLLIN);
  return true;
}

void ChildPool::State::dispatch(Steady now) {
  const auto depth =
      static_cast<std::size_t>(pace_.fitting(feed_ahead, options_.queued_per_child_max));
  while (!waiting_.empty()) {
    auto* slot = choose_slot(now);
    if (!slot || slot->load() >= depth) return;
    if (!slot->alive() && !start_child(*slot, now)) continue;
    slot->feed(std::move(waiting_.front()), now);
    waiting_.pop_front();
  }
}

int ChildPool::State::count_allowed() const {
  const int each = pace_.fitting(feed_ahead, capacity_per_feed * options_.queued_per_child_max);
  int allowed = 0;
  for (const auto& slot : slots_) {
    const bool is_busy_for_long = slot->alive() && !slot->takes_tasks();
    allowed += is_busy_for_long ? static_cast<int>(slot->load()) : each;
  }
  return allowed;
}

void ChildPool::State::flush() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& slot = *slots_[i];
    if (!slot.alive()) continue;
    const bool was_blocked = slot.blocked;
    slot.blocked = slot.flush();
    if (slot.blocked != was_blocked) {
      watch(slot.socket(), socket_tag(i), slot.blocked ? EPOLLIN | EPOLLOUT : EPOLLIN,
            EPOLL_CTL_MOD);
    }
  }
}

void ChildPool::State::bury(ChildSlot& slot, Steady now) {
  auto obituary = slot.bury(now);
  if (obituary.error) log_.warn("a training process died", {{"reason", *obituary.error}});
  take_back(std::move(obituary.returned));
  if (obituary.died_young) {
    count_young_death(*obituary.error, now);
  } else {
    young_deaths_ = 0;
  }
}

void ChildPool::State::take_back(std::vector<PoolTaskPtr> tasks) {
  for (auto& task : std::views::reverse(tasks)) {
    if (task->cancelled) {
      finish(*task, {.code = Errc::cancelled, .detail = "cancelled before it began"});
    } else {
      waiting_.push_front(std::move(task));
    }
  }
}

void ChildPool::State::count_young_death(const Error& error, Steady now) {
  ++young_deaths_;
  no_start_before_ = now + backoff_first * (1 << std::min(young_deaths_, 6));
  log_.warn("a child process cannot be started", {{"reason", error}, {"in_a_row", young_deaths_}});
  if (young_deaths_ < young_deaths_max) return;
  auto refused = std::exchange(waiting_, {});
  for (const auto& task : refused) {
    finish(*task, {.code = Errc::unavailable,
                   .detail = "no training process can be started: " + error.detail,
                   .category = Category::cluster});
  }
}

void ChildPool::State::shut_down() {
  for (const auto& slot : slots_) {
    if (slot->alive()) slot->doom();
  }
  for (const auto& slot : slots_) {
    if (!slot->alive()) continue;
    take_back(slot->bury(steady_clock::now()).returned);
  }
  take_commands(steady_clock::now());
  for (const auto& task : waiting_) {
    finish(*task, {.code = Errc::cancelled, .detail = "the worker is shutting down"});
  }
}

void ChildPool::State::finish(PoolTask& task, Error error) {
  counted_events_.finished(task.id, std::unexpected(std::move(error)));
}

void ChildPool::State::watch(int fd, std::uint64_t tag, std::uint32_t events, int operation) {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  ::epoll_ctl(epoll_.get(), operation, fd, &event);
}

ChildPool::ChildPool(log::Log log, ChildPoolOptions options, TaskEvents events)
    : state_(std::make_unique<State>(std::move(log), std::move(options), std::move(events))) {}

ChildPool::~ChildPool() = default;

int ChildPool::capacity() const {
  return state_->capacity();
}

TaskId ChildPool::submit(TaskRequest request) {
  auto task = std::make_unique<PoolTask>();
  task->id = ++state_->last_id;
  task->request = std::move(request);
  const auto id = task->id;
  ++state_->outstanding_;
  state_->push(Submit{std::move(task)});
  return id;
}

void ChildPool::cancel(TaskId task) {
  state_->push(Cancel{task});
}

void ChildPool::kill(TaskId task) {
  state_->push(Kill{task});
}

void ChildPool::extend_lease(TaskId task, std::chrono::nanoseconds boottime) {
  state_->push(ExtendLease{task, boottime});
}

}  // namespace trainyard::runtime
