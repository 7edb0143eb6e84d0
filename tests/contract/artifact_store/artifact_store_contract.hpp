#pragma once

#include "common/ports/artifact_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

namespace trainyard::ports {

// A store on fresh ground, and another handle to the same ground, as a second process has.
struct ArtifactStoreHarness {
  virtual ~ArtifactStoreHarness() = default;
  virtual std::unique_ptr<ArtifactStore> make() = 0;
};

struct ArtifactStoreCase {
  std::string name;
  std::function<std::unique_ptr<ArtifactStoreHarness>()> make_harness;
  std::function<std::string()> why_not = [] { return std::string(); };  // empty: it can be tested
};

class ArtifactStoreContract : public testing::TestWithParam<ArtifactStoreCase> {
 protected:
  void SetUp() override;
};

}  // namespace trainyard::ports
