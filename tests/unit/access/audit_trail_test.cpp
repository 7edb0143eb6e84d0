#include "api/service/audit_trail.hpp"

#include <gtest/gtest.h>

namespace trainyard::service {
namespace {

using namespace std::chrono_literals;

// Keeps what it is given, after refusing as often as it is told to.
class FailingStore final : public ports::AccessStore {
 public:
  Result<void> append_audit(std::span<const ports::AuditEntry> entries) override {
    const std::lock_guard lock(mutex_);
    called_.notify_all();
    ++calls_;
    if (refusals-- > 0) return fail(Errc::in_doubt, "the connection broke");
    kept.insert(kept.end(), entries.begin(), entries.end());
    return {};
  }
  void await_calls(int count) {
    std::unique_lock lock(mutex_);
    called_.wait(lock, [&] { return calls_ >= count; });
  }

  Result<void> add_key(const ports::ApiKey&) override { return {}; }
  Result<ports::ApiKey> find_key(std::string_view) override { return {}; }
  Result<std::vector<ports::ApiKey>> list_keys(const ports::KeyFilter&) override { return {}; }
  Result<ports::ApiKey> revoke_key(std::string_view, TimePoint) override { return {}; }
  Result<void> record_use(std::string_view, TimePoint) override { return {}; }
  Result<ports::AuditPage> list_audit(const ports::AuditFilter&) override { return {}; }
  Result<void> forget(const ports::Forget&) override { return {}; }

  int refusals = 0;
  std::vector<ports::AuditEntry> kept;

 private:
  std::mutex mutex_;
  std::condition_variable called_;
  int calls_ = 0;
};

ports::AuditEntry entry(int number) {
  return {.id = ports::AuditId::make(), .record = std::to_string(number)};
}

std::vector<std::string> records(const FailingStore& store) {
  std::vector<std::string> found;
  for (const auto& kept : store.kept)
    found.push_back(kept.record);
  return found;
}

TEST(AuditTrail, AppendsWhatIsLeftWhenItEnds) {
  FailingStore store;
  {
    AuditTrail trail({}, store, system_clock(), {.gather = 1h});
    for (int i = 0; i < 3; ++i)
      trail.record(entry(i));
  }
  EXPECT_EQ(records(store), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(AuditTrail, KeepsTryingWhileTheStoreIsAway) {
  FailingStore store;
  store.refusals = 1;
  {
    AuditTrail trail({}, store, system_clock(), {.gather = 1ms});
    trail.record(entry(7));
    store.await_calls(2);
  }
  EXPECT_EQ(records(store), std::vector<std::string>{"7"});
}

TEST(AuditTrail, AppendsInSetsAndInOrder) {
  FailingStore store;
  std::vector<std::string> expected;
  {
    AuditTrail trail({}, store, system_clock(), {.gather = 1ms, .set_max = 10});
    for (int i = 0; i < 95; ++i) {
      trail.record(entry(i));
      expected.push_back(std::to_string(i));
    }
  }
  EXPECT_EQ(records(store), expected);
}

TEST(AuditTrail, HoldsNoMoreThanItsLimit) {
  FailingStore store;
  {
    AuditTrail trail({}, store, system_clock(), {.gather = 1h, .waiting_max = 5});
    for (int i = 0; i < 9; ++i)
      trail.record(entry(i));
  }
  EXPECT_EQ(store.kept.size(), 5U);
}

}  // namespace
}  // namespace trainyard::service
