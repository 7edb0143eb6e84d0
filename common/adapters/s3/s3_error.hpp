#pragma once

#include "common/adapters/s3/s3_xml.hpp"
#include "common/base/error.hpp"

#include <string_view>

namespace trainyard::s3 {

// What a refusal of the server means here, and what to do about it. `what` is the object or bucket
// that was asked for. not_found, forbidden (credentials or rights), conflict (the object is there
// already, or changed), unavailable (it may pass), internal (a request that it does not take).
Error translate(int status, const ServerError& error, std::string_view what);

// Whether trying again may help.
bool is_passing(int status);

}  // namespace trainyard::s3
