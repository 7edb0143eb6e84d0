#pragma once

#include "common/base/error.hpp"
#include "common/base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Where named things live that users set up once and that start jobs later: training templates,
// schedules, triggers. The store keeps their text and never looks inside. What runs them reads one,
// decides, and writes its new state only if the revision is unchanged, so two who run the same one
// cannot both succeed. Lives in the same database as the jobs; errors and times as in JobStore.
// Contract suite: tests/contract/definition_store.

namespace trainyard::ports {

enum class DefinitionKind { training_template, schedule, trigger };
inline constexpr std::array all_definition_kinds{DefinitionKind::training_template,
                                                 DefinitionKind::schedule, DefinitionKind::trigger};

constexpr std::string_view to_string(DefinitionKind kind) {
  switch (kind) {
    case DefinitionKind::training_template:
      return "template";
    case DefinitionKind::schedule:
      return "schedule";
    case DefinitionKind::trigger:
      return "trigger";
  }
  return "";
}

struct NewDefinition {
  DefinitionKind kind;
  std::string name;
  std::string user_id;
  std::string spec;                 // JSON object, as the user wrote it
  std::string state = "{}";         // JSON object, kept by what runs it
  std::optional<TimePoint> due_at;  // wants to be looked at then; none: not by itself
};

struct Definition : NewDefinition {
  std::int64_t revision = 0;  // 1 when new, rises with every change
  TimePoint created_at;
  TimePoint updated_at;
};

// One line of a definition's record: what it did or left, and why.
struct Decision {
  std::int64_t id = 0;  // given by the store; rises
  TimePoint at;
  std::string outcome;      // one word: "fired", "skipped", …
  std::string reason;       // for people
  std::string data = "{}";  // JSON object: what it was decided on
};

// What becomes of a definition that was read at `revision`.
struct Advance {
  DefinitionKind kind;
  std::string name;
  std::int64_t revision;
  std::string state;
  std::optional<TimePoint> due_at;
  std::vector<Decision> decisions;  // ids are ignored
};

class DefinitionStore {
 public:
  virtual ~DefinitionStore() = default;

  // New, or in place of the old one. With a `revision`: conflict unless it is the current one (0:
  // unless there is none). Its decisions stay.
  virtual Result<Definition> put(const NewDefinition& definition,
                                 std::optional<std::int64_t> revision) = 0;
  virtual Result<Definition> get(DefinitionKind kind, std::string_view name) = 0;  // not_found
  // By name, after `after`.
  virtual Result<std::vector<Definition>> list(DefinitionKind kind, std::string_view after,
                                               int limit) = 0;
  // With its decisions. not_found.
  virtual Result<void> remove(DefinitionKind kind, std::string_view name) = 0;

  // Due at `now`, the longest due first.
  virtual Result<std::vector<Definition>> due(DefinitionKind kind, TimePoint now, int limit) = 0;
  // When the first one of the kind is due.
  virtual Result<std::optional<TimePoint>> next_due(DefinitionKind kind) = 0;
  // The new revision, in one transaction with the decisions. conflict: it is not at that revision
  // any more, or gone; nothing was written. Keeps the newest `decisions_max` decisions.
  virtual Result<std::int64_t> advance(const Advance& advance) = 0;
  // One more decision, at whatever revision: of somebody who does not run it. not_found.
  virtual Result<void> note(DefinitionKind kind, std::string_view name,
                            const Decision& decision) = 0;
  // Newest first, before `before`.
  virtual Result<std::vector<Decision>> decisions(DefinitionKind kind, std::string_view name,
                                                  std::optional<std::int64_t> before,
                                                  int limit) = 0;
  // Looks at the `limit` oldest decisions of all and deletes those older than `age`. How many.
  virtual Result<int> forget_decisions(milliseconds age, int limit) = 0;

  static constexpr int decisions_max = 1'000;
};

}  // namespace trainyard::ports
