#include "common/runtime/child_exit.hpp"
#include "common/runtime/child_pool.hpp"
#include "common/runtime/child_session.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

// Takes along what the task started.
void die_with_group(int) {
  if (::getpgrp() == ::getpid()) ::kill(0, SIGKILL);
  ::_exit(exit_code_lease_over);
}

void arrange_own_death() {
  // A service manager stops a service by SIGTERM to all its processes, but the parent decides when
  // its children end: it drains first.
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  // The parent's end is also seen as the end of the socket; the signal works when nothing reads.
  action.sa_handler = die_with_group;
  ::sigaction(SIGUSR2, &action, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGUSR2);
  // Under memory pressure the kernel takes a training before it takes the service.
  const UniqueFd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file.get() >= 0) std::ignore = ::write(file.get(), "500", 3);
}

// Reads frames and watches leases until the socket ends; on a thread that no task can starve.
class ChildReader {
 public:
  explicit ChildReader(ChildSession& session)
      : session_(session), timer_(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {}

  void run() {
    while (true) {
      std::array<pollfd, 4> watched{
          pollfd{child_socket_fd, POLLIN, 0}, pollfd{timer_.get(), POLLIN, 0},
          pollfd{session_.doorbell(), POLLIN, 0}, pollfd{child_output_fd, POLLIN, 0}};
      const auto timeout = session_.flush_progress();
      if (::poll(watched.data(), watched.size(), timeout) < 0) continue;
      if (session_.lease_is_over(boottime_now())) ::_exit(exit_code_lease_over);
      if (watched[1].revents != 0) rearm();
      if (watched[3].revents != 0) session_.forward_output();
      if (watched[0].revents != 0 && !read_frames()) break;
      arm_timer();
    }
    // Closed while idle means "leave"; in the middle of a task it means that the parent is gone.
    if (!session_.close()) die_with_group(SIGUSR2);
  }

 private:
  bool read_frames() {
    if (in_.receive(child_socket_fd) <= 0) return false;
    while (const auto frame = in_.next())
      session_.receive(*frame);
    return !in_.corrupt();
  }

  void rearm() {
    std::uint64_t expirations = 0;
    std::ignore = ::read(timer_.get(), &expirations, sizeof expirations);
    armed_.reset();
  }

  // Leases only move forward, so a timer that is set need not be set again for a later one: it
  // fires early at worst.
  void arm_timer() {
    const auto deadline = session_.next_lease_end();
    if (!deadline || (armed_ && *armed_ <= *deadline)) return;
    armed_ = deadline;
    itimerspec spec{};
    spec.it_value = {.tv_sec = deadline->count() / 1'000'000'000,
                     .tv_nsec = deadline->count() % 1'000'000'000};
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
  }

  ChildSession& session_;
  UniqueFd timer_;
  FrameBuffer in_;
  std::optional<std::chrono::nanoseconds> armed_;
};

}  // namespace

std::chrono::nanoseconds boottime_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

int run_child(const TaskRegistry& tasks) {
  arrange_own_death();
  // Line by line, so that what a crash interrupts is there up to its last line.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  ChildSession session(child_socket_fd);
  ChildReader reader(session);
  std::thread thread([&] { reader.run(); });
  session.work(tasks);
  thread.join();
  return 0;
}

}  // namespace trainyard::runtime
