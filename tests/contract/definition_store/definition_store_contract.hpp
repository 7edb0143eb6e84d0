#pragma once

#include "common/ports/definition_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

// What every DefinitionStore promises, as tests that know the port alone.

namespace trainyard::ports {

// An empty store, and what it stands on.
struct DefinitionStoreHarness {
  std::shared_ptr<void> ground;
  std::unique_ptr<DefinitionStore> store;
};

struct DefinitionBackend {
  std::string name;
  // Errc::unavailable: its server is not there, the test is skipped (or fails where it must be).
  std::function<Result<DefinitionStoreHarness>()> make;
};

class DefinitionStoreContract : public ::testing::TestWithParam<DefinitionBackend> {
 protected:
  void SetUp() override;
  void TearDown() override;

  DefinitionStore& store() { return *harness_.store; }
  Definition put(const std::string& name, DefinitionKind kind = DefinitionKind::schedule,
                 std::optional<TimePoint> due_at = std::nullopt);
  static Advance advance_of(const Definition& definition, const std::string& state = "{\"n\":1}");

 private:
  DefinitionStoreHarness harness_;
};

}  // namespace trainyard::ports
