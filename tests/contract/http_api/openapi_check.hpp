#pragma once

#include "tests/contract/http_api/client.hpp"

#include <gtest/gtest.h>

namespace trainyard::http {

// Whether the answer is one that schemas/openapi.json promises for the endpoint: its status, its
// media type and its body. What is no endpoint has only to fail with a Problem.
::testing::AssertionResult is_described(const std::string& method, const std::string& target,
                                        const Answer& answer);

}  // namespace trainyard::http
