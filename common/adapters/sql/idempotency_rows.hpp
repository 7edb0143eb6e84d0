#pragma once

#include "common/ports/idempotency_store.hpp"

#include <string>

// How a row of idempotency_keys becomes a record, for both stores (see rows.hpp).

namespace trainyard::sql {

inline const std::string idempotency_columns =
    "fingerprint, seed, begun_at, status, content_type, location, body";

template <class Row>
ports::KeptRequest read_kept_request(Row& row) {
  ports::KeptRequest request;
  request.fingerprint = row.text();
  request.seed = row.uuid();
  request.begun_at = row.time();
  if (row.is_null()) return request;
  ports::KeptAnswer answer;
  answer.status = row.number();
  answer.content_type = row.text();
  answer.location = row.text();
  answer.body = row.text();
  request.answer = std::move(answer);
  return request;
}

inline Error no_kept_request() {
  return {.code = Errc::not_found, .detail = "no request is kept under this key"};
}

}  // namespace trainyard::sql
