#pragma once

#include "common/base/error.hpp"
#include "common/base/secret.hpp"

#include <memory>
#include <string>

namespace trainyard::tests {

// An empty schema of its own in the database of TRAINYARD_TEST_POSTGRES, so that tests run side by
// side; dropped with this object. Errc::unavailable when the variable is not set.
class TestSchema {
 public:
  static Result<TestSchema> make();
  ~TestSchema();
  TestSchema(TestSchema&& other) noexcept;
  TestSchema& operator=(TestSchema&&) = delete;

  const Secret& uri() const { return uri_; }  // connections made with it live in the schema
  // Runs SQL in the schema and answers the first column of the first row ("" without one).
  std::string run(const std::string& sql) const;
  // Runs `work` while another connection holds the locks of `sql`.
  template <class Work>
  auto while_locked(const std::string& sql, Work&& work) const {
    const auto held = hold_locks(sql);
    return work();
  }
  // Ends the server's side of every connection but its own; how many.
  int terminate_connections() const;

 private:
  std::shared_ptr<void> hold_locks(const std::string& sql) const;
  TestSchema(std::string name, Secret uri) : name_(std::move(name)), uri_(std::move(uri)) {}

  std::string name_;  // empty when moved from
  Secret uri_;
};

}  // namespace trainyard::tests
