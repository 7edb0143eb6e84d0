#include "common/runtime/child_session.hpp"

#include "common/runtime/child_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds progress_interval{50};
constexpr std::size_t answer_size_max = frame_size_max - 64;
constexpr std::size_t output_piece_max = 16 * 1024;

}  // namespace

ChildSession::ChildSession(int socket)
    : socket_(socket), doorbell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void ChildSession::work(const TaskRegistry& tasks) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (queue_.empty()) {
      lock.unlock();
      {
        const std::lock_guard write_lock(write_mutex_);
        send(out_);
      }
      lock.lock();
    }
    wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto task = std::move(queue_.front());
    queue_.pop_front();
    running_ = task.id;
    running_lease_ = task.lease;
    stop_ = std::stop_source();
    lock.unlock();
    run(tasks, std::move(task));
    lock.lock();
    running_.reset();
  }
}

void ChildSession::run(const TaskRegistry& tasks, Queued task) {
  if (task.lease.count() != 0 && task.lease <= boottime_now()) {
    return answer(task.id, fail(Errc::lease_lost, "the lease ran out before the work began"));
  }
  {
    const std::lock_guard lock(write_mutex_);
    writing_ = task.id;
    FrameWriter(out_, FrameKind::started).number(task.id);
    send(out_);
    held_back_.reset();
    progress_sent_ = {};
  }
  TaskContext context{
      .stop = stop_.get_token(),
      .report = [this, id = task.id](TaskProgress progress) { report(id, std::move(progress)); },
      .log = [this, id = task.id](LineLevel level,
                                  std::string_view line) { log(id, level, line); }};
  answer(task.id, call(tasks, task, context));
}

Result<std::string> ChildSession::call(const TaskRegistry& tasks, const Queued& task,
                                       TaskContext& context) {
  const auto found = tasks.find(task.kind);
  if (found == tasks.end()) {
    return fail(Errc::invalid_argument, fmt::format("no task of kind '{}'", task.kind));
  }
  // The job's barrier: what a library throws ends this job and no other.
  try {
    return found->second(task.request, context);
  } catch (const std::bad_alloc&) {
    return fail({.code = Errc::exhausted,
                 .detail = "the training ran out of memory",
                 .hint = "use less data per job, or give the worker more memory",
                 .category = Category::cluster});
  } catch (const std::exception& error) {
    return fail(Errc::internal, fmt::format("the training failed unexpectedly: {}", error.what()));
  }
}

void ChildSession::answer(std::uint64_t id, const Result<std::string>& result) {
  std::fflush(stdout);
  const std::lock_guard lock(write_mutex_);
  write_output();
  writing_ = 0;
  held_back_.reset();
  if (!result) {
    FrameWriter(out_, FrameKind::failure).number(id).error(result.error());
  } else if (result->size() > answer_size_max) {
    FrameWriter(out_, FrameKind::failure)
        .number(id)
        .error({.code = Errc::too_large,
                .detail = fmt::format("the results take {} bytes, more than {}", result->size(),
                                      answer_size_max),
                .hint = "split the job into several with fewer segments each"});
  } else {
    FrameWriter(out_, FrameKind::answer).number(id).text(*result);
  }
}

void ChildSession::report(std::uint64_t id, TaskProgress progress) {
  const std::lock_guard lock(write_mutex_);
  const bool first_held_back = !held_back_;
  held_back_ = std::move(progress);
  held_back_of_ = id;
  if (steady_clock::now() >= progress_sent_ + progress_interval) {
    write_progress(id);
  } else if (first_held_back) {
    ::eventfd_write(doorbell_.get(), 1);
  }
}

void ChildSession::log(std::uint64_t id, LineLevel level, std::string_view line) {
  const std::lock_guard lock(write_mutex_);
  FrameWriter(out_, FrameKind::log).number(id).number(static_cast<std::uint64_t>(level)).text(line);
  send(out_);
}

void ChildSession::forward_output() {
  const std::lock_guard lock(write_mutex_);
  write_output();
  send(out_);
}

// Taken out only after it was sent on, so that no death in between loses it: what is then read
// twice, the parent recognises.
void ChildSession::write_output() {
  std::array<char, output_piece_max> piece;
  while (true) {
    const auto seen = ::recv(child_output_fd, piece.data(), piece.size(), MSG_PEEK | MSG_DONTWAIT);
    if (seen < 0 && errno == EINTR) continue;
    if (seen <= 0) return;
    const auto size = static_cast<std::size_t>(seen);
    FrameWriter(out_, FrameKind::output).number(writing_).text({piece.data(), size});
    send(out_);
    std::ignore = ::recv(child_output_fd, piece.data(), size, MSG_DONTWAIT);
  }
}

void ChildSession::write_progress(std::uint64_t id) {
  const auto progress = *std::exchange(held_back_, std::nullopt);
  FrameWriter(out_, FrameKind::progress)
      .number(id)
      .real(progress.fraction)
      .text(progress.step)
      .text(progress.metrics);
  send(out_);
  progress_sent_ = steady_clock::now();
}

int ChildSession::flush_progress() {
  eventfd_t rings = 0;
  ::eventfd_read(doorbell_.get(), &rings);
  const std::lock_guard lock(write_mutex_);
  if (!held_back_) return -1;
  const auto wait = progress_sent_ + progress_interval - steady_clock::now();
  if (wait.count() > 0) {
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(wait).count());
  }
  write_progress(held_back_of_);
  return -1;
}

void ChildSession::receive(const Frame& frame) {
  FrameFields fields(frame.payload);
  const auto id = fields.number();
  switch (frame.kind) {
    case FrameKind::task: {
      Queued task{.id = id, .lease = Deadline(fields.number())};
      task.kind = fields.text();
      task.request = fields.text();
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(task));
      if (queue_.size() == 1 && !running_) wake_.notify_one();
      break;
    }
    case FrameKind::cancel:
      cancel(id);
      break;
    case FrameKind::lease:
      extend_lease(id, Deadline(fields.number()));
      break;
    case FrameKind::recall:
      recall();
      break;
    default:
      break;
  }
}

void ChildSession::cancel(std::uint64_t id) {
  std::optional<std::stop_source> stop;
  {
    const std::lock_guard lock(mutex_);
    if (running_ == id) {
      stop = stop_;
    } else if (std::erase_if(queue_, [id](const Queued& task) { return task.id == id; }) == 0) {
      return;
    }
  }
  if (stop) {
    stop->request_stop();
    return;
  }
  const std::lock_guard lock(write_mutex_);
  FrameWriter(out_, FrameKind::failure)
      .number(id)
      .error({.code = Errc::cancelled, .detail = "cancelled before it began"});
  send(out_);
}

void ChildSession::extend_lease(std::uint64_t id, Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (running_ == id) running_lease_ = deadline;
  for (auto& task : queue_) {
    if (task.id == id) task.lease = deadline;
  }
}

void ChildSession::recall() {
  std::deque<Queued> returned;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(queue_);
  }
  const std::lock_guard lock(write_mutex_);
  for (const auto& task : returned)
    FrameWriter(out_, FrameKind::returned).number(task.id);
  send(out_);
}

bool ChildSession::lease_is_over(std::chrono::nanoseconds now) {
  const std::lock_guard lock(mutex_);
  return running_ && running_lease_.count() != 0 && running_lease_ <= now;
}

std::optional<std::chrono::nanoseconds> ChildSession::next_lease_end() {
  const std::lock_guard lock(mutex_);
  std::optional<Deadline> earliest;
  const auto consider = [&](Deadline lease) {
    if (lease.count() != 0 && (!earliest || lease < *earliest)) earliest = lease;
  };
  if (running_) consider(running_lease_);
  for (const auto& task : queue_)
    consider(task.lease);
  return earliest;
}

bool ChildSession::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_.notify_one();
  return queue_.empty() && !running_;
}

void ChildSession::send(std::string& frames) {
  std::size_t sent = 0;
  while (sent < frames.size()) {
    const auto count = ::send(socket_, frames.data() + sent, frames.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;  // the parent is gone, which the reader notices
    sent += static_cast<std::size_t>(count);
  }
  frames.clear();
}

}  // namespace trainyard::runtime
