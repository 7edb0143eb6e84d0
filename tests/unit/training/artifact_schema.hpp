#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace trainyard::training {

// Whether `document` is as schemas/artifacts/<name>.schema.json says.
testing::AssertionResult fits_schema(const std::string& name, const nlohmann::json& document);

// schemas/artifacts/<name>.example.json.
nlohmann::json schema_example(const std::string& name);

}  // namespace trainyard::training
