#include "deploy/trainyard/signals.hpp"

#include "common/base/invariant.hpp"

#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace trainyard {

namespace {

sigset_t stop_signals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  return stops;
}

}  // namespace

StopSignal::StopSignal() {
  std::signal(SIGPIPE, SIG_IGN);
  const auto stops = stop_signals();
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  fd_ = signalfd(-1, &stops, SFD_CLOEXEC);
  invariant(fd_ >= 0, "signalfd exists");
}

StopSignal::~StopSignal() {
  close(fd_);
}

int StopSignal::wait() {
  signalfd_siginfo info{};
  while (read(fd_, &info, sizeof info) != sizeof info) {
  }
  return static_cast<int>(info.ssi_signo);
}

void StopSignal::restore_default() {
  const auto stops = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

bool StopSignal::arrives_within(std::chrono::milliseconds time) const {
  pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
  return poll(&ready, 1, static_cast<int>(time.count())) == 1;
}

}  // namespace trainyard
