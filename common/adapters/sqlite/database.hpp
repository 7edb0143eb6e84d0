#pragma once

#include "common/adapters/sqlite/connection.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace trainyard::sqlite {

// One SQLite file, shared by the stores that live in it: one connection writes behind a mutex, a
// few others read. Thread-safe.
class Database {
 public:
  explicit Database(const Options& options);  // throws SqliteFailure

  // A reading connection on loan; it goes back when the loan ends.
  class Reader {
   public:
    explicit Reader(Database& database);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    Connection* operator->() const { return connection_.get(); }
    Connection& operator*() const { return *connection_; }

   private:
    Database& database_;
    std::unique_ptr<Connection> connection_;
  };

  enum class Sync { full, none };  // none: the next synced commit carries it along

  // Runs `work` in a write transaction and commits when it succeeds. `now` is read under the lock,
  // so that times rise with the order of commits.
  Result<void> write(const std::function<Result<void>(Connection&, TimePoint now)>& work,
                     Sync sync = Sync::full);

  // The outbox's doorbell: await returns when it was rung since it last returned, or the timeout.
  void ring();
  void await_ring(milliseconds timeout);

 private:
  std::mutex writing_;
  Connection writer_;

  std::mutex reading_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> readers_;

  std::mutex waiting_;
  std::condition_variable rung_;
  bool is_rung_ = true;  // what was there before this process counts too
};

}  // namespace trainyard::sqlite
