#include "common/adapters/postgres/outbox_listener.hpp"

#include "common/adapters/postgres/connection_pool.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace trainyard::postgres {

class OutboxListener::Ear {
 public:
  explicit Ear(const Options& options)
      : connection_(connect(options)), receiver_(*connection_, outbox_channel) {
    take();  // a connection that broke already says so now
  }

  int socket() const { return connection_->sock(); }
  int take() { return connection_->get_notifs(); }
  bool is_open() const { return connection_->is_open(); }

 private:
  // What is in a notification does not matter: it only says "look".
  class Receiver final : public pqxx::notification_receiver {
   public:
    using notification_receiver::notification_receiver;
    void operator()(const std::string&, int) override {}
  };

  std::unique_ptr<pqxx::connection> connection_;
  Receiver receiver_;
};

OutboxListener::OutboxListener(const Options& options)
    : options_(options), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

OutboxListener::~OutboxListener() {
  ::close(wake_fd_);
}

Result<void> OutboxListener::await(std::chrono::milliseconds timeout) {
  try {
    if (!ear_) {
      ear_ = std::make_unique<Ear>(options_);
      return {};
    }
    if (ear_->take() > 0) return {};
    wait_for_wake(timeout, ear_->socket());
    ear_->take();
    if (!ear_->is_open()) ear_.reset();
    return {};
  } catch (const PgFailure& failure) {
    // The server is away. Waiting here keeps the caller's loop from spinning until it is back.
    wait_for_wake(std::min<std::chrono::milliseconds>(timeout, std::chrono::seconds(1)), -1);
    return std::unexpected(failure.error);
  } catch (const pqxx::failure&) {
    // The connection broke while it slept. The next call makes another; what it missed is looked
    // for.
    ear_.reset();
    return {};
  }
}

void OutboxListener::wait_for_wake(std::chrono::milliseconds timeout, int socket) {
  std::array<pollfd, 2> sources{{{.fd = wake_fd_, .events = POLLIN, .revents = 0},
                                 {.fd = socket, .events = POLLIN, .revents = 0}}};
  ::poll(sources.data(), sources.size(), static_cast<int>(timeout.count()));
  std::uint64_t wakes = 0;
  // Empty when nobody called wake(): the descriptor does not block.
  [[maybe_unused]] const auto taken = ::read(wake_fd_, &wakes, sizeof wakes);
}

void OutboxListener::wake() {
  const std::uint64_t one = 1;
  // Fails only when it is at its maximum, and then it is awake already.
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace trainyard::postgres
