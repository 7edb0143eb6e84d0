#include "api/control/outbox_relay.hpp"

#include "api/control/event_message.hpp"
#include "common/wire/job_events.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace trainyard::control {

namespace {

bool frees_room(std::span<const domain::HistoryEntry> history) {
  return std::ranges::any_of(history, [](const auto& line) {
    return line.from == domain::JobStatus::running || line.from == domain::JobStatus::cancelling;
  });
}

}  // namespace

class OutboxRelay::State : public std::enable_shared_from_this<State> {
 public:
  State(log::Log log, ports::JobStore& store, ports::EventBus& bus, RelayOptions options)
      : store_(store),
        bus_(bus),
        options_(std::move(options)),
        window_(options_.limits),
        reading_(log, "store (reading the outbox)", options_.backoff),
        publishing_(log, "event bus", options_.backoff),
        deleting_(log, "store (emptying the outbox)", options_.backoff) {}

  void publish_until_stopped() {
    while (!is_stopping()) {
      publish_ready();
      gather();
      const auto fetched = fetch();
      if (!fetched) {
        sleep(reading_.failed(fetched.error()));
        continue;
      }
      reading_.over();
      if (*fetched == 0) wait_for_work();
    }
  }

  void finish_until_stopped() {
    std::unique_lock lock(mutex_);
    while (true) {
      finished_.wait(lock, [this] { return stopping_ || window_.has_finished(); });
      if (!window_.has_finished()) return;
      changed_.wait_for(lock, options_.done_linger, [this] { return stopping_; });
      const auto rows = window_.take_finished();
      lock.unlock();
      delete_rows(rows);
      lock.lock();
      window_.forget(rows);
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    finished_.notify_all();
    store_.wake();
  }

 private:
  bool is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void sleep(milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return stopping_; });
  }

  // While rows come in sets, the next set has time to gather; a lone row is not kept waiting.
  void gather() {
    std::unique_lock lock(mutex_);
    if (fetched_last_ < 2) return;
    changed_.wait_until(lock, fetched_at_ + options_.pace, [this] { return stopping_; });
  }

  void publish_ready() {
    std::vector<Parcel> parcels;
    {
      const std::lock_guard lock(mutex_);
      if (window_.has_failed() && std::chrono::steady_clock::now() >= retry_at_) window_.retry();
      parcels = window_.take_ready();
    }
    if (parcels.empty()) return;
    std::vector<ports::Message> messages;
    messages.reserve(parcels.size());
    auto tickets = std::make_shared<std::vector<std::pair<std::int64_t, int>>>();
    tickets->reserve(parcels.size());
    for (auto& parcel : parcels) {
      tickets->emplace_back(parcel.row, parcel.part);
      messages.push_back(parcel.part == Parcel::announcement_part ? announce(parcel.announcement)
                                                                  : std::move(parcel.event));
    }
    bus_.publish(messages, [self = shared_from_this(), tickets](std::size_t i, Result<void> fate) {
      self->reported((*tickets)[i].first, (*tickets)[i].second, fate);
    });
  }

  ports::Message announce(const Announcement& what) const {
    auto message = to_message(
        ports::topics::train_requested,
        wire::train_requested_event({.job_id = what.job_id, .dispatch_no = what.dispatch_no},
                                    what.correlation_id, options_.source, what.at));
    message.key.clear();  // the dispatch number tells old from new: the order does not matter
    return message;
  }

  // On a thread of the bus, or on the publisher's own.
  void reported(std::int64_t row, int part, const Result<void>& fate) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    const bool was_ready = window_.has_ready();
    const bool had_room = window_.has_room();
    if (fate) {
      window_.delivered(row, part);
      publishing_.over();
    } else {
      window_.failed(row, part);
      retry_later(fate.error());
    }
    if (window_.has_finished()) finished_.notify_one();
    if ((window_.has_ready() && !was_ready) || !fate || !had_room) {
      changed_.notify_all();
      store_.wake();
    }
  }

  // Many messages fail at once; the pause is chosen by the first of them.
  void retry_later(const Error& error) {
    const auto now = std::chrono::steady_clock::now();
    if (now < retry_at_) return;
    // A full buffer is no outage: its reader is behind for a moment.
    retry_at_ =
        now + (error.code == Errc::exhausted ? options_.backoff.first : publishing_.failed(error));
  }

  // How many new rows are in the window.
  Result<std::size_t> fetch() {
    std::vector<ports::OutboxRange> skip;
    {
      const std::lock_guard lock(mutex_);
      if (!window_.has_room()) return 0;
      skip = window_.skip();
    }
    fetched_at_ = std::chrono::steady_clock::now();
    TRY(auto entries, store_.outbox(options_.fetch_max, skip));
    if (!entries.empty()) fetched_last_ = entries.size();
    std::vector<RelayRow> rows;
    rows.reserve(entries.size());
    for (auto& entry : entries) {
      TRY(auto row, to_row(entry));
      rows.push_back(std::move(row));
    }
    const std::lock_guard lock(mutex_);
    for (auto& row : rows)
      window_.add(std::move(row));
    if (window_.has_finished()) finished_.notify_one();
    return rows.size();
  }

  Result<RelayRow> to_row(const ports::OutboxEntry& entry) {
    RelayRow row{.id = entry.id};
    if (entry.job) {
      row.key = entry.job->id.to_string();
      for (const auto& line : entry.history) {
        const auto event = wire::job_event(*entry.job, line, options_.source);
        row.events.push_back(to_message(ports::topics::job_events, event));
        // Whoever runs it hears at once; the renewal of its lease would tell it later.
        if (line.event == domain::JobEvent::cancelling) {
          row.events.push_back(to_message(ports::topics::job_control, event));
        }
      }
      if (entry.dispatch_no) {
        row.announcement = Announcement{.job_id = entry.job->id,
                                        .dispatch_no = *entry.dispatch_no,
                                        .correlation_id = entry.job->correlation_id,
                                        .at = entry.job->updated_at};
      }
      if (entry.job->next_attempt_at) options_.on_wait(*entry.job->next_attempt_at);
      if (frees_room(entry.history)) options_.on_room();
      if (is_terminal(entry.job->status)) options_.on_job_end(*entry.job);
    }
    if (entry.batch) {
      if (row.key.empty()) row.key = entry.batch->id.to_string();
      options_.on_batch_end(*entry.batch);
      const auto counts = store_.count_batch(entry.batch->id);
      if (counts) {
        row.events.push_back(to_message(
            ports::topics::job_events,
            wire::batch_completed_event(*entry.batch, *counts, entry.id, options_.source)));
      } else if (counts.error().code != Errc::not_found) {  // else deleted: nobody asks any more
        return fail(counts.error());
      }
    }
    return row;
  }

  // Until the outbox may have a new row, a report made something ready, or it is time to retry.
  void wait_for_work() {
    std::unique_lock lock(mutex_);
    if (stopping_ || window_.has_ready()) return;
    auto timeout = options_.rescan;
    if (window_.has_failed()) {
      timeout = std::chrono::ceil<milliseconds>(retry_at_ - std::chrono::steady_clock::now());
      timeout = std::clamp(timeout, milliseconds(1), options_.rescan);
    }
    if (!window_.has_room()) {
      changed_.wait_for(lock, timeout,
                        [this] { return stopping_ || window_.has_ready() || window_.has_room(); });
      return;
    }
    lock.unlock();
    if (const auto waited = store_.await_outbox(timeout); !waited) {
      sleep(reading_.failed(waited.error()));
    }
  }

  void delete_rows(const std::vector<std::int64_t>& rows) {
    do {
      const auto deleted = store_.outbox_done(rows);
      if (deleted) return deleting_.over();
      sleep(deleting_.failed(deleted.error()));
    } while (!is_stopping());
  }

  ports::JobStore& store_;
  ports::EventBus& bus_;
  const RelayOptions options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable finished_;
  RelayWindow window_;
  std::chrono::steady_clock::time_point retry_at_;
  bool stopping_ = false;

  std::chrono::steady_clock::time_point fetched_at_;  // the publisher's, as the next two
  std::size_t fetched_last_ = 0;
  runtime::Outage reading_;
  runtime::Outage publishing_;  // under the mutex
  runtime::Outage deleting_;    // the finisher's
};

OutboxRelay::OutboxRelay(log::Log log, ports::JobStore& store, ports::EventBus& bus,
                         RelayOptions options)
    : state_(std::make_shared<State>(std::move(log), store, bus, std::move(options))) {}

OutboxRelay::~OutboxRelay() {
  stop();
}

void OutboxRelay::start() {
  publisher_ = std::thread([this] { state_->publish_until_stopped(); });
  finisher_ = std::thread([this] { state_->finish_until_stopped(); });
}

void OutboxRelay::stop() {
  if (!publisher_.joinable()) return;
  state_->stop();
  publisher_.join();
  finisher_.join();
}

}  // namespace trainyard::control
