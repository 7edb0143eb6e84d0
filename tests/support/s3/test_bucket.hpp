#pragma once

#include "common/adapters/s3/s3_client.hpp"
#include "common/base/uuid.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace trainyard::s3 {

// Why there is no server to test with; empty when there is one.
inline std::string why_no_server() {
  if (std::getenv("TRAINYARD_TEST_S3") != nullptr) return "";
  return "TRAINYARD_TEST_S3 (the address that tests/support/s3/start.sh prints) is not set";
}

// For SetUp: true when the test is not to go on.
inline bool skips_without_server() {
  const auto reason = why_no_server();
  if (reason.empty()) return false;
  const bool required = std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES") != nullptr;
  if (required) ADD_FAILURE() << reason;
  return true;
}

inline S3Options test_options() {
  return {.endpoint = std::getenv("TRAINYARD_TEST_S3"),
          .access_key_id = "trainyard",
          .secret_access_key = Secret("trainyard-secret")};
}

// A part of the bucket that nobody else uses.
inline domain::BucketPath fresh_ground() {
  return {"artifacts", "tests/" + Uuid::make_v7().to_string()};
}

}  // namespace trainyard::s3
