#pragma once

#include "common/domain/trigger.hpp"
#include "common/ports/definition_store.hpp"
#include "common/ports/table_log.hpp"
#include "common/wire/trigger_json.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trainyard::control {

// One trigger and the log of its table: what it has seen, and what follows from that. It changes
// nothing but itself: its owner stores the new state and tells the event. Not thread-safe.
class TriggerWatch {
 public:
  // corrupt_data or invalid_argument: a spec or state that cannot be read.
  static Result<TriggerWatch> make(const ports::Definition& definition,
                                   std::shared_ptr<const domain::Zone> zone,
                                   std::unique_ptr<ports::TableLog> log);

  // Takes in what was committed since, and decides; while an event is to be told, nothing. What has
  // to be stored are decisions() and state(), if anything; unavailable, and corrupt_data for a
  // commit that cannot be read (yet).
  Result<void> look(TimePoint now);
  bool changed() const { return changed_; }
  const std::vector<ports::Decision>& decisions() const { return decisions_; }
  const domain::TriggerState& state() const { return state_; }
  void stored();

  // Notes once that it cannot go on, and why.
  void stuck(std::string_view what, const Error& why, TimePoint now);
  // The RetrainRequested that is to be told, if any: the same however often it is made.
  std::optional<wire::CloudEvent> event() const;
  void told();

  const wire::TriggerSpec& spec() const { return spec_; }

 private:
  Result<void> begin(TimePoint now);
  Result<void> take_in_new(TimePoint now);
  void decide(TimePoint now);
  std::vector<std::string> changed_segments() const;
  void note(TimePoint at, std::string outcome, std::string reason, std::string data);
  void wait_for(const std::string& reason, TimePoint now, std::string data);

  std::string name_;
  wire::TriggerSpec spec_;
  domain::TriggerState state_;
  std::shared_ptr<const domain::Zone> zone_;
  std::unique_ptr<ports::TableLog> log_;
  std::vector<ports::Decision> decisions_;
  bool changed_ = false;
};

}  // namespace trainyard::control
