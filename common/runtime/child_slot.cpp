#include "common/runtime/child_slot.hpp"

#include "common/runtime/child_exit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

namespace trainyard::runtime {
namespace {

// Tasks waiting in the pipe behind one that runs this long are better off elsewhere.
constexpr std::chrono::milliseconds recall_after{100};
// A child that was told to leave by closing its socket is gone by then, or is made to.
constexpr std::chrono::seconds leave_grace{2};

}  // namespace

Result<void> ChildSlot::spawn(Steady now) {
  TRY(auto process, ChildProcess::spawn(options_.command, options_.environment));
  process_.emplace(std::move(process));
  heard_at_ = busy_since_ = idle_since_ = now;
  return {};
}

void ChildSlot::feed(PoolTaskPtr task, Steady now) {
  if (tasks_.empty()) heard_at_ = busy_since_ = now;
  const auto lease = task->request.lease_until.value_or(std::chrono::nanoseconds(0));
  FrameWriter(out_, FrameKind::task)
      .number(task->id)
      .number(static_cast<std::uint64_t>(lease.count()))
      .text(task->request.kind)
      .text(task->request.payload);
  tasks_.push_back(std::move(task));
}

PoolTask* ChildSlot::find(TaskId id) {
  const auto found = std::ranges::find(tasks_, id, [](const auto& task) { return task->id; });
  return found == tasks_.end() ? nullptr : found->get();
}

void ChildSlot::cancel(PoolTask& task, Steady now) {
  if (std::exchange(task.cancelled, true)) return;
  task.kill_at = now + options_.cancel_grace;
  FrameWriter(out_, FrameKind::cancel).number(task.id);
}

void ChildSlot::kill(PoolTask& task) {
  task.cancelled = true;
  if (running_ == task.id) {
    doom(Doom::cancel);
  } else {
    FrameWriter(out_, FrameKind::cancel).number(task.id);
  }
}

void ChildSlot::extend_lease(PoolTask& task, std::chrono::nanoseconds boottime) {
  task.request.lease_until = boottime;
  FrameWriter(out_, FrameKind::lease)
      .number(task.id)
      .number(static_cast<std::uint64_t>(boottime.count()));
}

bool ChildSlot::flush() {
  while (out_sent_ < out_.size()) {
    const auto sent = ::send(socket(), out_.data() + out_sent_, out_.size() - out_sent_,
                             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return true;
    if (sent < 0) break;  // it is dying: its pidfd tells
    out_sent_ += static_cast<std::size_t>(sent);
  }
  out_.clear();
  out_sent_ = 0;
  return false;
}

bool ChildSlot::receive(Steady now, std::vector<PoolTaskPtr>& returned) {
  done_in_read_ = 0;
  if (const auto count = in_.receive(socket()); count <= 0) {
    if (count < 0 && errno == EAGAIN) return true;
    silent_since_ = now;
    return false;
  }
  heard_at_ = now;
  while (const auto frame = in_.next())
    handle(*frame, now, returned);
  if (in_.corrupt()) doom(Doom::garbage);
  if (done_in_read_ > 0) {
    pace_.finished(done_in_read_, now - busy_since_);
    busy_since_ = now;
  }
  if (tasks_.empty()) idle_since_ = now;
  return true;
}

void ChildSlot::handle(const Frame& frame, Steady now, std::vector<PoolTaskPtr>& returned) {
  FrameFields fields(frame.payload);
  const TaskId id = fields.number();
  switch (frame.kind) {
    case FrameKind::started:
      if (!find(id)) return doom(Doom::garbage);
      running_ = id;
      running_since_ = now;
      began_any_ = true;
      recalled_ = false;
      if (events_.started) events_.started(id);
      break;
    case FrameKind::progress: {
      TaskProgress progress{.fraction = fields.real()};
      progress.step = fields.text();
      progress.metrics = fields.text();
      if (fields.ok() && events_.progress) events_.progress(id, std::move(progress));
      break;
    }
    case FrameKind::log: {
      const auto level = fields.number();
      if (level > static_cast<std::uint64_t>(LineLevel::output)) return doom(Doom::garbage);
      TaskLine line{.level = static_cast<LineLevel>(level), .text = std::string(fields.text())};
      if (events_.log) events_.log(id, std::move(line));
      break;
    }
    case FrameKind::output:
      on_output(id, fields.text());
      break;
    case FrameKind::answer:
      finish(id, std::string(fields.text()));
      break;
    case FrameKind::failure:
      finish(id, std::unexpected(fields.error()));
      break;
    case FrameKind::returned:
      if (auto task = take(id)) returned.push_back(std::move(task));
      break;
    default:
      doom(Doom::garbage);
  }
  if (!fields.ok()) doom(Doom::garbage);
}

void ChildSlot::on_output(TaskId id, std::string_view bytes) {
  if (id != output_of_) end_output();
  output_of_ = id;
  last_output_ = bytes;
  output_.feed(bytes, [&](std::string line) {
    if (events_.log) events_.log(id, {.level = LineLevel::output, .text = std::move(line)});
  });
}

void ChildSlot::end_output() {
  output_.end([&](std::string line) {
    if (events_.log) events_.log(output_of_, {.level = LineLevel::output, .text = std::move(line)});
  });
}

// What a dying child wrote last it may have sent on and not taken out any more.
void ChildSlot::take_last_words() {
  const auto bytes = process_->last_output();
  std::string_view rest = bytes;
  if (!last_output_.empty() && rest.starts_with(last_output_)) {
    rest.remove_prefix(last_output_.size());
  }
  if (!rest.empty()) on_output(running_.value_or(0), rest);
  end_output();
}

PoolTaskPtr ChildSlot::take(TaskId id) {
  const auto found = std::ranges::find(tasks_, id, [](const auto& task) { return task->id; });
  if (found == tasks_.end()) return nullptr;
  auto task = std::move(*found);
  tasks_.erase(found);
  return task;
}

void ChildSlot::finish(TaskId id, Result<std::string> answer) {
  if (!take(id)) return;
  if (running_ == id) {
    end_output();
    running_.reset();
    recalled_ = false;
    ++done_in_read_;
  }
  events_.finished(id, std::move(answer));
}

void ChildSlot::doom(Doom why) {
  if (doomed_) return;
  doomed_ = why;
  process_->kill_group();
}

void ChildSlot::doom() {
  doom(Doom::shutdown);
}

Steady ChildSlot::check(Steady now) {
  if (doomed_ == Doom::idle && now >= doomed_at_ + leave_grace) process_->kill_group();
  if (doomed_) return doomed_ == Doom::idle ? now + leave_grace : Steady::max();
  if (silent_since_) {
    if (now >= *silent_since_ + leave_grace) doom(Doom::garbage);
    return *silent_since_ + leave_grace;
  }
  if (tasks_.empty()) {
    if (now < idle_since_ + options_.idle_max) return idle_since_ + options_.idle_max;
    doomed_ = Doom::idle;
    doomed_at_ = now;
    ::shutdown(socket(), SHUT_WR);
    return now + leave_grace;
  }
  auto next = heard_at_ + options_.stall_max;
  if (now >= next) {
    doom(Doom::stall);
    return Steady::max();
  }
  if (running_) next = std::min(next, check_running(now));
  return next;
}

Steady ChildSlot::check_running(Steady now) {
  const auto& task = *find(*running_);
  const auto timeout_at = running_since_ + task.request.timeout;
  if (now >= timeout_at) {
    doom(Doom::timeout);
    return Steady::max();
  }
  auto next = timeout_at;
  if (task.kill_at) {
    if (now >= *task.kill_at) {
      doom(Doom::cancel);
      return Steady::max();
    }
    next = std::min(next, *task.kill_at);
  }
  if (!recalled_) {
    if (now >= running_since_ + recall_after) {
      recalled_ = true;
      pace_.still_running(now - running_since_);
      if (tasks_.size() > 1) FrameWriter(out_, FrameKind::recall).number(0);
    } else {
      next = std::min(next, running_since_ + recall_after);
    }
  }
  return next;
}

Error ChildSlot::fate_of_running(const ChildExit& exit, const PoolTask& task) const {
  if (task.cancelled) return {.code = Errc::cancelled, .detail = "the training was stopped"};
  if (!exit.by_signal && exit.status == exit_code_lease_over) {
    return {.code = Errc::lease_lost, .detail = "the lease ran out while the training was running"};
  }
  if (!doomed_) return describe_death(exit);
  const auto cluster = [](Errc code, std::string detail) {
    return Error{.code = code, .detail = std::move(detail), .category = Category::cluster};
  };
  switch (*doomed_) {
    case Doom::stall:
      return cluster(Errc::deadline,
                     fmt::format("the training did not report anything for {} ms and was ended",
                                 options_.stall_max.count()));
    case Doom::timeout:
      return cluster(Errc::deadline, fmt::format("the training took longer than its limit of {} ms",
                                                 task.request.timeout.count()));
    case Doom::garbage:
      return cluster(Errc::corrupt_data, "the training process answered with garbage");
    case Doom::cancel:
    case Doom::idle:
    case Doom::shutdown:
      break;
  }
  return {.code = Errc::cancelled, .detail = "the worker is shutting down"};
}

ChildSlot::Obituary ChildSlot::bury(Steady now) {
  Obituary obituary;
  // What it said before it died counts.
  if (doomed_ != Doom::garbage) {
    while (in_.receive(socket()) > 0) {
      while (const auto frame = in_.next())
        handle(*frame, now, obituary.returned);
    }
  }
  const auto exit = process_->reap();
  take_last_words();
  obituary.died_young = !began_any_ && !doomed_;
  if (!doomed_) obituary.error = describe_death(exit);
  if (running_) {
    if (const auto task = take(*running_)) {
      events_.finished(task->id, std::unexpected(fate_of_running(exit, *task)));
    }
  }
  for (auto& task : tasks_)
    obituary.returned.push_back(std::move(task));
  tasks_.clear();
  process_.reset();
  doomed_.reset();
  running_.reset();
  silent_since_.reset();
  last_output_.clear();
  in_ = FrameBuffer();
  out_.clear();
  out_sent_ = 0;
  began_any_ = recalled_ = blocked = false;
  return obituary;
}

}  // namespace trainyard::runtime
