#pragma once

#include "common/base/time.hpp"
#include "common/base/uuid.hpp"
#include "common/ports/event_bus.hpp"
#include "common/ports/job_store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace trainyard::control {

struct RelayLimits {
  std::size_t rows_max = 4'096;           // with events that are not reported yet
  std::size_t announcements_max = 1'000;  // TrainRequested on the bus and not reported yet
  std::size_t parked_max = 200'000;       // rows that wait for room among these, 100 bytes each
};

// TrainRequested, before it becomes a message.
struct Announcement {
  JobId job_id;
  std::int64_t dispatch_no = 0;
  std::string correlation_id;
  TimePoint at;
};

// One outbox row as the relay sees it.
struct RelayRow {
  std::int64_t id = 0;
  std::string key;                     // rows of one key tell their events one after the other
  std::vector<ports::Message> events;  // in order
  std::optional<Announcement> announcement;
};

// One thing to hand to the bus; its report names it by row and part.
struct Parcel {
  static constexpr int announcement_part = -1;

  std::int64_t row = 0;
  int part = 0;  // index of the event, or announcement_part
  ports::Message event;
  Announcement announcement;
};

// What the relay has in flight between outbox and bus, and what may follow. Pure: no clock, no I/O.
//
// Invariants: the events of one key are handed out row by row, the next row's only when all of the
// one before are reported as delivered; announcements don't wait for that, and a waiting one holds
// up nothing but its own row; a row is finished when all its parts are delivered.
class RelayWindow {
 public:
  explicit RelayWindow(RelayLimits limits);

  bool has_room() const;
  void add(RelayRow row);
  bool has_ready() const;
  std::vector<Parcel> take_ready();
  void delivered(std::int64_t row, int part);
  // Nothing of the row's key goes on until retry().
  void failed(std::int64_t row, int part);
  bool has_failed() const { return !failed_.empty(); }
  void retry();

  std::vector<std::int64_t> take_finished();
  bool has_finished() const { return !finished_.empty(); }
  // The store has deleted these rows.
  void forget(const std::vector<std::int64_t>& rows);
  // Rows that the store need not read again: those in flight, and those done in between.
  std::vector<ports::OutboxRange> skip() const;

 private:
  struct Row {
    std::string key;
    std::vector<ports::Message> events;
    std::vector<bool> told;      // per event
    std::size_t events_out = 0;  // handed out, not reported
    std::optional<std::size_t> first_failed;
    std::optional<Announcement> announcement;
  };

  void add_to_skipped(std::int64_t id);
  void hand_out_events(std::int64_t id, std::vector<Parcel>& into);
  void after_report(std::int64_t id, Row& row);
  void finish_if_done(std::int64_t id, const Row& row);

  RelayLimits limits_;
  std::map<std::int64_t, Row> rows_;
  std::unordered_map<std::string, std::deque<std::int64_t>> chains_;  // by key: rows with events
  std::size_t telling_ = 0;                                           // rows in chains
  std::deque<std::int64_t> events_ready_;
  std::deque<std::int64_t> parked_;  // rows whose announcement waits
  std::size_t announcing_ = 0;
  std::vector<std::pair<std::int64_t, int>> failed_;
  std::vector<std::int64_t> finished_;
  std::map<std::int64_t, std::int64_t> skipped_;  // first -> last
};

}  // namespace trainyard::control
