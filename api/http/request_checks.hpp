#pragma once

#include "api/http/server.hpp"

// What is wrong with a request can often be told from its head alone. Pure.

namespace trainyard::http {

using Head = beast::http::request<beast::http::empty_body>;

// Fills in target, content type and correlation id (the client's own when it is sane, else a new
// one). Failures: 400 for a malformed target or a missing Host, 431 for too many fields, 403 for
// pages of other sites, 421 for another name than ours, 415 and 501 for encodings that are not
// understood.
std::expected<void, Failure> read_head(const Head& head, const ServerOptions& options,
                                       Request& request);

// What the media type of a request with a body must be on this route: 415.
std::expected<void, Failure> check_media_type(const Route& route, const Request& request);

Failure too_large(std::uint64_t limit);

// The refusal for a request that the parser gave up on; nullopt when there is nobody to answer.
std::optional<Failure> failure_of(const boost::system::error_code& why);

}  // namespace trainyard::http
