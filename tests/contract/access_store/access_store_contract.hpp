#pragma once

#include "common/ports/access_store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

// What every AccessStore promises, as tests that know the port alone.

namespace trainyard::ports {

class AccessStoreHarness {
 public:
  virtual ~AccessStoreHarness() = default;
  // The same data each time, so that a second one is another process's view or a restart.
  virtual Result<std::unique_ptr<AccessStore>> open() = 0;
};

struct AccessBackend {
  std::string name;
  // Errc::unavailable: its server is not there, the test is skipped (or fails where it must be).
  std::function<Result<std::unique_ptr<AccessStoreHarness>>()> make;
};

class AccessStoreContract : public ::testing::TestWithParam<AccessBackend> {
 protected:
  void SetUp() override;

  AccessStore& store() { return *store_; }
  void reopen();
  ApiKey added(const std::string& id, const std::string& user);
  // Newest first, as the store lists them.
  std::vector<std::string> records(const AuditFilter& filter);

 private:
  std::unique_ptr<AccessStoreHarness> harness_;
  std::unique_ptr<AccessStore> store_;
};

}  // namespace trainyard::ports
