#pragma once

#include "common/ports/event_bus.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace trainyard::testing {

// A bus under test and its topics. make_bus() may be called several times: each is another process
// that talks to the same broker (the embedded bus is one process and has one).
class BusHarness {
 public:
  virtual ~BusHarness() = default;
  virtual std::unique_ptr<ports::EventBus> make_bus() = 0;
  virtual std::string topic() const = 0;  // fresh for this test, declared for group()
  virtual std::string group() const { return "workers"; }
  virtual bool survives_reopening() const = 0;
};

struct BusCase {
  std::string name;
  // Null and a reason when this machine lacks what it takes.
  std::function<std::unique_ptr<BusHarness>(std::string& reason)> make;
};

inline void PrintTo(const BusCase& bus_case, std::ostream* out) {
  *out << bus_case.name;
}

class EventBusContract : public ::testing::TestWithParam<BusCase> {
 protected:
  void SetUp() override;

  std::unique_ptr<BusHarness> harness;
};

}  // namespace trainyard::testing
