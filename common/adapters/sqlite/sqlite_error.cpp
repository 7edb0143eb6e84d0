#include "common/adapters/sqlite/sqlite_error.hpp"

namespace trainyard::sqlite {

Error to_error(const SqliteFailure& failure) {
  const std::string detail = failure.what();
  switch (failure.code() & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {.code = Errc::unavailable,
              .detail = detail,
              .hint = "another process is writing to the database file"};
    case SQLITE_IOERR:
      // A failed sync leaves it open whether the commit is on disk.
      return {.code = failure.committing() ? Errc::in_doubt : Errc::unavailable, .detail = detail};
    case SQLITE_FULL:
      return {.code = Errc::unavailable, .detail = detail, .hint = "make room on the disk"};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {.code = Errc::unavailable,
              .detail = detail,
              .hint = "check that the database's folder exists and is writable"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {.code = Errc::corrupt_data, .detail = detail};
    case SQLITE_TOOBIG:
      return {.code = Errc::too_large, .detail = detail};
    case SQLITE_CONSTRAINT:
    default:
      return {.code = Errc::internal, .detail = detail};
  }
}

}  // namespace trainyard::sqlite
